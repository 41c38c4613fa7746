import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCommandLine } from "../../../src/config/flags/command-line.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { MAX_CONFIG_BYTES, readTextFile } from "../../../src/config/file/read-file.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "config-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function createFile(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function loadError(path: string): Promise<string> {
  const loaded = await loadConfig(parseCommandLine([`--config.file=${path}`], {}), {}, readTextFile);
  return "problems" in loaded ? loaded.problems.map(({ message }) => message).join() : "";
}

test("a file up to the size limit is read completely", async () => {
  const text = `# ${"é".repeat(10)}\n${"#".repeat(MAX_CONFIG_BYTES - 23)}`;
  expect(await readTextFile(await createFile("full.yaml", text))).toBe(text);
  expect(await readTextFile(await createFile("empty.yaml", ""))).toBe("");
});

test("a file over the size limit, an endless file, a directory and a file that is not UTF-8 are rejected", async () => {
  const tooLarge = "cannot be read: larger than 1048576 bytes; is it the right file?; see --config.file";
  expect(await loadError(await createFile("large.yaml", "#".repeat(MAX_CONFIG_BYTES + 1)))).toBe(tooLarge);
  expect(await loadError("/dev/zero")).toBe(tooLarge);
  expect(await loadError(folder)).toBe("cannot be read: it is a directory; see --config.file");
  expect(await loadError(await createFile("latin1.yaml", Buffer.from([0x23, 0xe9])))).toBe(
    "cannot be read: it is not UTF-8 text; see --config.file",
  );
});
