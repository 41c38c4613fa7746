import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTextFile } from "../../../src/config/file/read-file.ts";
import { loadAccess } from "../../../src/config/web/load-access.ts";
import { CertificateFolder } from "../../certificates.ts";
import { problemsOf } from "./client.ts";

// The cases of configuration files of the tests of prometheus/exporter-toolkit by their names.

const folder = new CertificateFolder();

beforeAll(() => {
  const ca = folder.create("ca", { isCa: true });
  folder.create("server", { issuer: ca, keyType: "rsa" });
});
afterAll(() => folder.remove());

const TLS = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";

describe("configuration files", () => {
  test.each([
    ["empty config yml", "", []],
    [
      "invalid config yml (invalid structure)",
      "hWkNKCp3fvIx3jKnsaBI\nTuEjdwNS8A2vYdFbiKqr\n",
      [
        /web.yml:1:1: expected keys such as tls_server_config, http_server_config, basic_auth_users, got "hWk/,
      ],
    ],
    [
      "invalid config yml (invalid key)",
      'tls_server_config:\n  cert_filse: "server.crt"\n',
      [
        /web.yml:2:3: tls_server_config.cert_file: is needed for TLS, or cert with its text$/,
        /web.yml:2:3: tls_server_config.cert_filse: unknown key; did you mean "cert_file"\?$/,
        /tls_server_config.key_file: is needed/,
      ],
    ],
    [
      "invalid config yml (cert path empty)",
      'tls_server_config:\n  cert_file: ""\n  key_file: server.key\n',
      [
        /:2:14: tls_server_config.cert_file: expected a file's path of at most 4096 printable characters, got ""$/,
      ],
    ],
    [
      "invalid config yml (cert empty)",
      'tls_server_config:\n  cert: ""\n  key_file: server.key\n',
      [
        /:2:9: tls_server_config.cert: expected certificates as PEM text, with a line that ends in "CERTIFICATE-----"/,
      ],
    ],
    [
      "invalid config yml (key path empty)",
      'tls_server_config:\n  cert_file: server.crt\n  key_file: ""\n',
      [/:3:13: tls_server_config.key_file: expected a file's path/],
    ],
    [
      "invalid config yml (key empty)",
      'tls_server_config:\n  cert_file: server.crt\n  key: ""\n',
      [/:3:8: tls_server_config.key: expected a private key as PEM text/],
    ],
    [
      "invalid config yml (cert path and key path empty)",
      'tls_server_config:\n  cert_file: ""\n  key_file: ""\n  client_auth_type: "x"\n',
      [/cert_file: expected/, /key_file: expected/, /client_auth_type: expected one of NoClientCert, /],
    ],
    [
      "invalid config yml (cert path invalid)",
      "tls_server_config:\n  cert_file: somefile\n  key_file: server.key\n",
      [/:2:14: tls_server_config.cert_file: "FOLDER\/somefile" cannot be read: there is no such file$/],
    ],
    [
      "invalid config yml (key path invalid)",
      "tls_server_config:\n  cert_file: server.crt\n  key_file: somefile\n",
      [/:3:13: tls_server_config.key_file: "FOLDER\/somefile" cannot be read: there is no such file$/],
    ],
    [
      "invalid config yml (cert path and key path invalid)",
      "tls_server_config:\n  cert_file: somefile\n  key_file: somefile\n",
      [/cert_file: .* no such file$/, /key_file: .* no such file$/],
    ],
    [
      "invalid config yml (invalid ClientAuth)",
      `${TLS}  client_ca_file: /dev/null\n`,
      [/client_ca_file: has no effect without a client_auth_type such as RequireAndVerifyClientCert$/],
    ],
    [
      "invalid config yml (invalid ClientCAs filepath)",
      `${TLS}  client_ca_file: somefile\n  client_auth_type: RequireAndVerifyClientCert\n`,
      [/client_ca_file: "FOLDER\/somefile" cannot be read: there is no such file$/],
    ],
    [
      "invalid config yml (invalid user list)",
      `${TLS}basic_auth_users:\n  john: doe\n`,
      [/:5:9: basic_auth_users.john: expected a hash by bcrypt, .*, got something else$/],
    ],
    [
      "invalid config yml (bad cipher)",
      `${TLS}  cipher_suites:\n  - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA2048\n`,
      [
        /:5:5: tls_server_config.cipher_suites\[0\]: .* did you mean "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"\?$/,
      ],
    ],
    [
      "invalid config yml (bad curves)",
      `${TLS}  curve_preferences:\n  - CurveP257\n`,
      [/curve_preferences\[0\]: expected one of CurveP256, .* did you mean "CurveP256"\?$/],
    ],
    [
      "invalid config yml (bad TLS version)",
      `${TLS}  min_version: TLS111\n`,
      [/min_version: expected one of TLS10, TLS11, TLS12, TLS13, got "TLS111"; did you mean "TLS11"\?$/],
    ],
    [
      "invalid X-Content-Type-Options headers config",
      "http_server_config:\n  headers:\n    X-Content-Type-Options: sniff\n",
      [/X-Content-Type-Options: expected one of nosniff, got "sniff"/],
    ],
    [
      "invalid X-Frame-Options headers config",
      "http_server_config:\n  headers:\n    X-Frame-Options: foo\n",
      [/X-Frame-Options: expected one of deny, sameorigin, got "foo"/],
    ],
    [
      "HTTP header that can not be overridden",
      "http_server_config:\n  headers:\n    Content-Type: foo\n",
      [
        /:3:5: http_server_config.headers.Content-Type: unknown key; did you mean "Content-Security-Policy"|Content-Type: unknown key/,
      ],
    ],
    [
      "only non-enabling fields set",
      "tls_server_config:\n  min_version: TLS12\n",
      [/cert_file: is needed/, /key_file: is needed/],
    ],
    [
      "only client CA file set",
      "tls_server_config:\n  client_ca_file: ca.crt\n",
      [/cert_file: is needed/, /key_file: is needed/, /client_ca_file: has no effect/],
    ],
    [
      "only client auth type set",
      "tls_server_config:\n  client_auth_type: RequireAndVerifyClientCert\n",
      [/cert_file: is needed/, /key_file: is needed/],
    ],
    ["cert_file and key_file set", TLS, []],
    ["client CAs missing", `${TLS}  client_auth_type: RequireAndVerifyClientCert\n`, []],
  ])("%s", async (_name, yaml, expected) => {
    const problems = await problemsOf(folder, yaml);
    expect(problems).toHaveLength(expected.length);
    for (const pattern of expected) expect(problems.join("\n")).toMatch(new RegExp(pattern, "m"));
  });

  test("path to config yml invalid", async () => {
    expect(await loadAccess("somefile", readTextFile)).toEqual({
      problems: [
        { source: "somefile", message: "cannot be read: there is no such file; see --web.config.file" },
      ],
    });
  });
});
