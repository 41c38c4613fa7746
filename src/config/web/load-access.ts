import { createSecureContext } from "node:tls";
import { dirname, resolve } from "node:path";
import { reasonOf, type ReadFile } from "../file/read-file.ts";
import { byPlace, validateText } from "../file/validate.ts";
import { quoted, type ConfigProblem } from "../problem.ts";
import { defaultSuites, TLS13_SUITES } from "../values/tls.ts";
import type { ValueProblem } from "../values/value.ts";
import type { AccessConfig, TlsConfig } from "./access-config.ts";
import { readCertificates, readPrivateKey } from "./pem.ts";
import { WEB_ROWS, webFileSchema, type TlsSection, type WebFile } from "./web-file.ts";
import { findWarnings, type Machine } from "./web-warnings.ts";

/** What became of the file of --web.config.file. */
export type LoadedAccess =
  | {
      readonly access: AccessConfig;
      /** What is valid but hardly meant, about to fail, or readable by others. */
      readonly findWarnings: (machine: Machine) => Promise<readonly ConfigProblem[]>;
    }
  | { readonly problems: readonly ConfigProblem[] };

const TLS = "tls_server_config";

/**
 * Reads the file and the certificates, keys and CAs that it names; relative paths are relative to the file.
 * @param file as the user named it
 * @returns what the server needs, or everything that is wrong; never rejects
 */
export async function loadAccess(file: string, readFile: ReadFile): Promise<LoadedAccess> {
  let content: string;
  try {
    content = await readFile(file);
  } catch (error) {
    return {
      problems: [{ source: file, message: `cannot be read: ${reasonOf(error)}; see --web.config.file` }],
    };
  }
  const validated = validateText(file, content, webFileSchema, WEB_ROWS);
  if (!("locate" in validated)) return validated;
  const { file: values } = validated;
  if (values === undefined) return { problems: validated.problems.toSorted(byPlace) };
  const reader = new TlsReader(dirname(file), readFile);
  const tls = values.tls_server_config && (await reader.read(values.tls_server_config));
  if (reader.problems.length > 0) return { problems: validated.locate(reader.problems).toSorted(byPlace) };
  return {
    access: toAccessConfig(values, tls),
    findWarnings: async (machine) => validated.locate(await findWarnings(file, values, tls, machine)),
  };
}

function toAccessConfig(
  { basic_auth_users, http_server_config, rate_limit }: WebFile,
  tls?: TlsConfig,
): AccessConfig {
  const { interval, burst } = rate_limit;
  const headers = Object.entries(http_server_config.headers).flatMap(
    ([name, value = ""]): [string, string][] => {
      // Browsers ignore it without TLS.
      const isVoid = value === "" || (tls === undefined && name === "Strict-Transport-Security");
      return isVoid ? [] : [[name, value]];
    },
  );
  return {
    ...(tls !== undefined && { tls }),
    users: new Map(Object.entries(basic_auth_users ?? {})),
    headers: new Map(headers),
    ...(interval > 0 && { rateLimit: { intervalMs: interval, burst } }),
  };
}

/** Reads what `tls_server_config` names, and collects what is wrong with it. */
class TlsReader {
  readonly problems: ValueProblem[] = [];
  readonly #directory: string;
  readonly #readFile: ReadFile;

  constructor(directory: string, readFile: ReadFile) {
    this.#directory = directory;
    this.#readFile = readFile;
  }

  async read(section: TlsSection): Promise<TlsConfig | undefined> {
    const cert = await this.#textOf(section, "cert");
    const key = await this.#textOf(section, "key");
    const ca = await this.#textOf(section, "client_ca");
    this.#checkKeyPair(section, cert, key);
    const badCa = ca === undefined ? [] : readCertificates(ca);
    if (typeof badCa === "string") this.#add(section, "client_ca", badCa);
    if (cert === undefined || key === undefined || this.problems.length > 0) return undefined;
    const tls = toTlsConfig(section, { cert, key, ...(ca !== undefined && { ca }) });
    try {
      createSecureContext(tls);
    } catch (error) {
      this.#add(section, "cert", `cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    }
    return tls;
  }

  #checkKeyPair(section: TlsSection, cert: string | undefined, key: string | undefined): void {
    const certificates = cert === undefined ? [] : readCertificates(cert);
    const privateKey = key === undefined ? undefined : readPrivateKey(key);
    if (typeof certificates === "string") this.#add(section, "cert", certificates);
    if (typeof privateKey === "string") this.#add(section, "key", privateKey);
    if (typeof certificates === "string" || typeof privateKey === "string" || privateKey === undefined)
      return;
    const [own] = certificates;
    if (own !== undefined && !own.checkPrivateKey(privateKey)) {
      this.#add(
        section,
        "key",
        "does not belong to the certificate, which must be the first one of its file",
      );
    }
  }

  /** The text in the file, or of the file that it names; undefined where there is none, or it cannot be read. */
  async #textOf(section: TlsSection, name: "cert" | "key" | "client_ca"): Promise<string | undefined> {
    const file = section[`${name}_file`];
    if (file === undefined) return section[name];
    const resolved = resolve(this.#directory, file);
    try {
      return await this.#readFile(resolved);
    } catch (error) {
      this.problems.push({
        path: [TLS, `${name}_file`],
        message: `${quoted(resolved)} cannot be read: ${reasonOf(error)}`,
      });
      return undefined;
    }
  }

  #add(section: TlsSection, name: "cert" | "key" | "client_ca", message: string): void {
    const file = section[`${name}_file`];
    this.problems.push(
      file === undefined
        ? { path: [TLS, name], message }
        : { path: [TLS, `${name}_file`], message: `${quoted(file)} ${message}` },
    );
  }
}

function toTlsConfig(section: TlsSection, pem: Pick<TlsConfig, "cert" | "key" | "ca">): TlsConfig {
  const { cipher_suites: suites = [], curve_preferences: curves = [], client_allowed_sans: sans } = section;
  const isOld = section.min_version === "TLSv1" || section.min_version === "TLSv1.1";
  const listed = suites.length === 0 ? defaultSuites(isOld) : suites;
  // OpenSSL refuses TLS 1.0 and 1.1 at its usual level, as both need SHA-1.
  const ciphers = [...new Set([...TLS13_SUITES, ...listed]), ...(isOld ? ["@SECLEVEL=0"] : [])].join(":");
  return {
    ...pem,
    minVersion: section.min_version,
    maxVersion: section.max_version,
    honorCipherOrder: section.prefer_server_cipher_suites,
    ciphers,
    ...(curves.length > 0 && { ecdhCurve: curves.join(":") }),
    clientAuth: section.client_auth_type,
    ...(sans !== undefined && { allowedSans: sans }),
  };
}
