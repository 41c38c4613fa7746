import type { KeySetting } from "../setting.ts";
import { wholeNumber } from "../values/number.ts";
import { plainText, trueOrFalse } from "../values/text.ts";
import {
  certificatePem,
  cipherSuite,
  clientAuthType,
  curve,
  keyPem,
  subjectAltName,
  tlsVersion,
} from "../values/tls.ts";
import { findDuplicates, list, map } from "../values/value.ts";
import {
  bcryptHash,
  contentTypeOptions,
  frameOptions,
  headerValue,
  requestInterval,
  userName,
} from "../values/web.ts";

const filePath = plainText("a file's path", 4_096);
const HEADERS = "http_server_config.headers";

/**
 * Every key of the file of --web.config.file, whose format is that of Prometheus' exporter-toolkit:
 * https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 */
export const WEB_SETTINGS = [
  { key: "tls_server_config", kind: "optional section", help: "TLS; without it, plain HTTP" },
  {
    key: "tls_server_config.cert_file",
    kind: filePath,
    help: "PEM file with the server's certificate, followed by its intermediate certificates",
  },
  { key: "tls_server_config.key_file", kind: filePath, help: "PEM file with the certificate's private key" },
  { key: "tls_server_config.cert", kind: certificatePem, help: "the same as cert_file, as text" },
  { key: "tls_server_config.key", kind: keyPem, help: "the same as key_file, as text" },
  {
    key: "tls_server_config.client_auth_type",
    kind: clientAuthType,
    default: "NoClientCert",
    help: "whether clients need a certificate: only RequireAndVerifyClientCert refuses clients without a valid one",
  },
  {
    key: "tls_server_config.client_ca_file",
    kind: filePath,
    help: "PEM file with the CAs of clients' certificates",
  },
  { key: "tls_server_config.client_ca", kind: certificatePem, help: "the same as client_ca_file, as text" },
  {
    key: "tls_server_config.client_allowed_sans",
    kind: list(subjectAltName, "names", 1, 1_000, findDuplicates),
    help: "a client's certificate must have one of these DNS names, IP addresses, e-mail addresses or URIs",
  },
  { key: "tls_server_config.min_version", kind: tlsVersion, default: "TLS12", help: "lowest TLS version" },
  { key: "tls_server_config.max_version", kind: tlsVersion, default: "TLS13", help: "highest TLS version" },
  {
    key: "tls_server_config.cipher_suites",
    kind: list(cipherSuite, "cipher suites", 0, 20, findDuplicates),
    help: "cipher suites up to TLS 1.2, by Go's names; those of TLS 1.3 are always offered",
  },
  {
    key: "tls_server_config.prefer_server_cipher_suites",
    kind: trueOrFalse,
    default: true,
    help: "whether the server's order of cipher suites decides, not the client's",
  },
  {
    key: "tls_server_config.curve_preferences",
    kind: list(curve, "curves", 0, 4, findDuplicates),
    help: "elliptic curves in order of preference, by Go's names",
  },
  { key: "http_server_config", kind: "section", help: "HTTP" },
  {
    key: "http_server_config.http2",
    kind: trueOrFalse,
    default: false,
    help: "only false: HTTP/2 is not offered, and clients use HTTP/1.1",
  },
  { key: HEADERS, kind: "section", help: "headers of every response" },
  { key: `${HEADERS}.Content-Security-Policy`, kind: headerValue, help: "replaces that of the status page" },
  { key: `${HEADERS}.X-Frame-Options`, kind: frameOptions, help: "deny or sameorigin" },
  { key: `${HEADERS}.X-Content-Type-Options`, kind: contentTypeOptions, help: "nosniff" },
  { key: `${HEADERS}.X-XSS-Protection`, kind: headerValue, help: "for old browsers" },
  {
    key: `${HEADERS}.Strict-Transport-Security`,
    kind: headerValue,
    help: "browsers will use only HTTPS for this host, such as max-age=31536000; needs TLS",
  },
  {
    key: "basic_auth_users",
    kind: map(userName, bcryptHash, "users' names and bcrypt hashes", 1_000, 0),
    help: "users and the bcrypt hashes of their passwords; without any, no password is needed",
  },
  { key: "rate_limit", kind: "section", help: "requests of all clients together, by a token bucket" },
  {
    key: "rate_limit.interval",
    kind: requestInterval,
    default: "0",
    help: "time in which one request is allowed; 0 is no limit",
  },
  {
    key: "rate_limit.burst",
    kind: wholeNumber(0, 1_000_000),
    default: 0,
    help: "requests that are allowed at once; 0 refuses every request if there is an interval",
  },
] as const satisfies readonly KeySetting[];
