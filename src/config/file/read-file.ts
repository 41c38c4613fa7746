import { open } from "node:fs/promises";

/** Gives a file's text, or rejects with the system's error; `readTextFile` in the program. */
export type ReadFile = (path: string) => Promise<string>;

/** The size of a Kubernetes ConfigMap; a file over it is hardly a configuration. */
export const MAX_CONFIG_BYTES = 1_048_576;
/** What is wrong with such a file. */
export const TOO_LARGE = `larger than ${MAX_CONFIG_BYTES} bytes; is it the right file?`;

/** Reads UTF-8 text from a file or a device, no further than the limit; rejects with the system's error. */
export async function readTextFile(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(MAX_CONFIG_BYTES + 1);
    let length = 0;
    let added = 0;
    do {
      ({ bytesRead: added } = await file.read(buffer, length, buffer.length - length));
      length += added;
    } while (added > 0 && length < buffer.length);
    if (length > MAX_CONFIG_BYTES) {
      throw new Error(TOO_LARGE);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, length));
  } finally {
    await file.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a directory",
  ERR_ENCODING_INVALID_ENCODED_DATA: "it is not UTF-8 text",
};

/** Why a file could not be read, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}
