import type { z } from "zod";
import type { KeySetting } from "../setting.ts";
import { sectionSchema, type SectionCheck } from "../file/section-schema.ts";
import { describeKeys, type Section } from "../file/section.ts";
import { TLS_VERSIONS } from "../values/tls.ts";
import type { ValueProblem } from "../values/value.ts";
import { WEB_SETTINGS } from "./web-settings.ts";

type WebRow = (typeof WEB_SETTINGS)[number];

/** A valid file of --web.config.file; files that it names may still be missing or wrong. */
export type WebFile = Section<WebRow, "">;
export type TlsSection = Section<WebRow, "tls_server_config">;

export const WEB_ROWS: readonly KeySetting[] = WEB_SETTINGS;

/** Every key of the file, in the order in which documents show them. */
export const WEB_KEYS = describeKeys(WEB_ROWS);

const TLS_CHECKS: readonly SectionCheck<TlsSection>[] = [
  { keys: ["cert", "cert_file"], find: (tls) => checkSource(tls, "cert", true) },
  { keys: ["key", "key_file"], find: (tls) => checkSource(tls, "key", true) },
  { keys: ["client_ca", "client_ca_file"], find: (tls) => checkSource(tls, "client_ca", false) },
  { keys: ["client_auth_type", "client_ca", "client_ca_file"], find: checkClientCa },
  { keys: ["client_auth_type", "client_allowed_sans"], find: checkAllowedSans },
  { keys: ["min_version", "max_version"], find: checkVersions },
];

const HTTP_CHECKS: readonly SectionCheck<WebFile["http_server_config"]>[] = [
  { keys: ["http2"], find: checkHttp2 },
];

// It is made of the same rows as its type, which a type cannot show of a loop over them.
export const webFileSchema = sectionSchema(
  WEB_ROWS,
  { tls_server_config: TLS_CHECKS, http_server_config: HTTP_CHECKS },
  "",
) as z.ZodType<WebFile>;

/** A text is given either in the file or as a path. */
function checkSource(
  tls: TlsSection,
  name: "cert" | "key" | "client_ca",
  isRequired: boolean,
): ValueProblem[] {
  const fileName = `${name}_file` as const;
  if (tls[name] !== undefined && tls[fileName] !== undefined) {
    return [{ path: [name], message: `is given beside ${fileName}; keep one of the two` }];
  }
  return isRequired && tls[name] === undefined && tls[fileName] === undefined
    ? [{ path: [fileName], message: `is needed for TLS, or ${name} with its text` }]
    : [];
}

const REQUESTING =
  "RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert";

function checkClientCa(tls: TlsSection): ValueProblem[] {
  const name = tls.client_ca_file === undefined ? "client_ca" : "client_ca_file";
  return tls[name] !== undefined && tls.client_auth_type === "NoClientCert"
    ? [
        {
          path: [name],
          message: `has no effect without a client_auth_type such as RequireAndVerifyClientCert`,
        },
      ]
    : [];
}

function checkAllowedSans({ client_allowed_sans: sans, client_auth_type: type }: TlsSection): ValueProblem[] {
  return sans !== undefined && type === "NoClientCert"
    ? [{ path: ["client_allowed_sans"], message: `has no effect without client_auth_type ${REQUESTING}` }]
    : [];
}

function checkVersions({ min_version: min, max_version: max }: TlsSection): ValueProblem[] {
  return TLS_VERSIONS.indexOf(min) > TLS_VERSIONS.indexOf(max)
    ? [{ path: ["min_version"], message: "is higher than max_version; no client could connect" }]
    : [];
}

function checkHttp2({ http2 }: WebFile["http_server_config"]): ValueProblem[] {
  const message = "HTTP/2 is not offered; set false or remove the key, and clients use HTTP/1.1";
  return http2 ? [{ path: ["http2"], message }] : [];
}
