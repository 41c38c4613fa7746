import type { TLSSocket } from "node:tls";
import type { TlsConfig } from "../../config/web/access-config.ts";

type ClientPolicy = Pick<TlsConfig, "clientAuth" | "allowedSans">;

/** What is known of a connection's client after the handshake. */
export interface ClientIdentity {
  /** Subject alternative names as Node prints them; absent where the client sent no certificate. */
  readonly subjectAltNames?: string;
  /** Whether the certificate is valid and of a known CA. */
  readonly isVerified: boolean;
}

/** Whether the server asks clients for certificates. */
export function requestsCertificate({ clientAuth }: ClientPolicy): boolean {
  return clientAuth !== "NoClientCert";
}

/** Whether a client may connect. */
export function isClientAllowed(
  { subjectAltNames, isVerified }: ClientIdentity,
  { clientAuth, allowedSans }: ClientPolicy,
): boolean {
  const isGiven = subjectAltNames !== undefined;
  if (clientAuth === "NoClientCert") return true;
  if (clientAuth === "RequireAndVerifyClientCert" && !(isGiven && isVerified)) return false;
  if (clientAuth === "VerifyClientCertIfGiven" && isGiven && !isVerified) return false;
  if (/^Require(?:Any)?ClientCert$/.test(clientAuth) && !isGiven) return false;
  return allowedSans === undefined || (isGiven && hasName(subjectAltNames, allowedSans));
}

/** The client of a connection whose handshake has ended. */
export function identityOf(socket: TLSSocket): ClientIdentity {
  const { subject, subjectaltname = "" } = socket.getPeerCertificate();
  // Without a certificate the object is empty.
  const isGiven = (subject as unknown) !== undefined;
  return { isVerified: socket.authorized, ...(isGiven && { subjectAltNames: subjectaltname }) };
}

/** Kinds of names as Node prints them: `DNS:a.example, IP Address:10.0.0.1, URI:"with, comma"`. */
const NAME = /(?:^|, )(?:DNS|IP Address|URI|email):("(?:[^"\\]|\\.)*"|[^,]*)/g;

function hasName(subjectAltNames: string, allowed: readonly string[]): boolean {
  return [...subjectAltNames.matchAll(NAME)].some(([, name = ""]) => allowed.includes(unquote(name)));
}

/** Names with characters that could forge others are JSON strings. */
function unquote(name: string): string {
  if (!name.startsWith('"')) return name;
  try {
    return String(JSON.parse(name));
  } catch {
    return "";
  }
}
