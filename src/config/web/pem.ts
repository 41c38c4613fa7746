import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates of a PEM text in their order, or what is wrong with it. */
export function readCertificates(pem: string): X509Certificate[] | string {
  const texts = pem.match(CERTIFICATE) ?? [];
  if (texts.length === 0) return "has no certificate in PEM form";
  const read: X509Certificate[] = [];
  for (const [index, text] of texts.entries()) {
    try {
      read.push(new X509Certificate(text));
    } catch {
      return `is damaged: its certificate number ${index + 1} cannot be read`;
    }
  }
  return read;
}

/** The private key of a PEM text, or what is wrong with it. */
export function readPrivateKey(pem: string): KeyObject | string {
  if (pem.includes("ENCRYPTED")) return "is an encrypted key, which needs a passphrase; store it without one";
  try {
    return createPrivateKey(pem);
  } catch {
    return "has no private key in PEM form";
  }
}

const EXPIRES_SOON_MS = 7 * 24 * 3_600_000;

/** Why the first certificate of a valid PEM text cannot be used at a wall-clock time, or soon. */
export function findDateProblem(pem: string, nowMs: number): string | undefined {
  const [own] = readCertificates(pem);
  if (own === undefined || typeof own === "string") return undefined;
  if (nowMs < Date.parse(own.validFrom)) return `the certificate is not valid before ${own.validFrom}`;
  const endMs = Date.parse(own.validTo);
  if (nowMs > endMs) return `the certificate expired on ${own.validTo}`;
  return endMs - nowMs < EXPIRES_SOON_MS ? `the certificate expires on ${own.validTo}` : undefined;
}
