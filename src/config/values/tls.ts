import { choice, plainText } from "./text.ts";
import { textValue } from "./value.ts";

// Names are those of Go's crypto/tls, as in https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md;
// values are those of node:tls.

/** A value by the name that users write. */
function named<T>(values: Readonly<Record<string, T>>) {
  const names = Object.keys(values);
  const name = choice(names);
  return textValue<T>({
    expected: `one of ${names.join(", ")}`,
    parse: (text) => (Object.hasOwn(values, text) ? values[text] : undefined),
    hint: (text) => /; (.*)$/.exec(name.safeParse(text).error?.issues[0]?.message ?? "")?.[1],
  });
}

/** Ascending. */
export const TLS_VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
type TlsVersion = (typeof TLS_VERSIONS)[number];

export const tlsVersion = named<TlsVersion>({
  TLS10: "TLSv1",
  TLS11: "TLSv1.1",
  TLS12: "TLSv1.2",
  TLS13: "TLSv1.3",
});

/** TLS 1.3's suites cannot be configured in Go: all of them are always offered. */
export const TLS13_SUITES = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
];

/** The suites of https://pkg.go.dev/crypto/tls#CipherSuites up to TLS 1.2, by OpenSSL's names. */
const AEAD_SUITES = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "ECDHE-ECDSA-AES128-GCM-SHA256",
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "ECDHE-RSA-AES128-GCM-SHA256",
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: "ECDHE-ECDSA-AES256-GCM-SHA384",
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: "ECDHE-RSA-AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
};
const CBC_SUITES = {
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: "ECDHE-ECDSA-AES128-SHA",
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: "ECDHE-RSA-AES128-SHA",
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: "ECDHE-ECDSA-AES256-SHA",
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: "ECDHE-RSA-AES256-SHA",
};

export const cipherSuite = named<string>({
  ...Object.fromEntries(TLS13_SUITES.map((name) => [name, name])),
  ...AEAD_SUITES,
  ...CBC_SUITES,
});

/** The suites where none are configured: the secure ones, and those that TLS below 1.2 needs where it is allowed. */
export function defaultSuites(allowsOldVersions: boolean): readonly string[] {
  return Object.values({ ...AEAD_SUITES, ...(allowsOldVersions && CBC_SUITES) });
}

export const curve = named({
  CurveP256: "P-256",
  CurveP384: "P-384",
  CurveP521: "P-521",
  X25519: "X25519",
});

/** How clients are authenticated by certificates. */
export const clientAuthType = choice([
  "NoClientCert",
  "RequestClientCert",
  "RequireAnyClientCert",
  // The toolkit's former name of RequireAnyClientCert.
  "RequireClientCert",
  "VerifyClientCertIfGiven",
  "RequireAndVerifyClientCert",
]);

/** A DNS name, address, e-mail address or URI of a client's certificate. */
export const subjectAltName = plainText("a DNS name, IP address, e-mail address or URI", 1_000);

const MAX_PEM_CHARACTERS = 200_000;

/** Certificates in the file itself. */
export const certificatePem = pem("certificates", "CERTIFICATE");
/** A private key in the file itself. */
export const keyPem = pem("a private key", "PRIVATE KEY");

function pem(what: string, label: string) {
  return textValue({
    expected: `${what} as PEM text, with a line that ends in "${label}-----"`,
    parse: (text) => (text.length <= MAX_PEM_CHARACTERS && text.includes(`${label}-----`) ? text : undefined),
    isSecret: true,
  });
}
