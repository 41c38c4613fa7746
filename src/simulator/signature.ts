import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { AwsError } from "./aws-error.ts";

/** An HTTP request as received; header names are in lower case. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The parts of an AWS Signature Version 4 Authorization header. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/, ]+)\/(\d{8})\/([^/, ]+)\/([^/, ]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Parses the Authorization header; throws an AwsError if it is absent or malformed. */
export function parseAuthorization(headers: Readonly<Record<string, string>>): Authorization {
  const header = headers["authorization"];
  if (header === undefined) {
    throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const [, accessKeyId, date, region, service, signed, signature] = AUTHORIZATION.exec(header) ?? [];
  if (!accessKeyId || !date || !region || !service || !signed || !signature) {
    throw new AwsError(
      "IncompleteSignatureException",
      "Authorization header is not an AWS4-HMAC-SHA256 signature",
    );
  }
  return { accessKeyId, date, region, service, signedHeaders: signed.split(";"), signature };
}

/**
 * Verifies a signature and its time; throws InvalidSignatureException if either is wrong. Signature Version 4 is described in
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifySignature(
  request: SignedRequest,
  authorization: Authorization,
  secretAccessKey: string,
  nowMs: number,
  maxSkewMs: number,
): void {
  const amzDate = request.headers["x-amz-date"] ?? "";
  verifyTime(amzDate, authorization.date, nowMs, maxSkewMs);
  verifySignedHeaders(request.headers, authorization.signedHeaders);
  const scope = `${authorization.date}/${authorization.region}/${authorization.service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", amzDate, scope, sha256(canonicalRequest(request, authorization))].join(
    "\n",
  );
  const dateKey = hmac(`AWS4${secretAccessKey}`, authorization.date);
  const signingKey = hmac(hmac(hmac(dateKey, authorization.region), authorization.service), "aws4_request");
  if (!timingSafeEqual(hmac(signingKey, text), Buffer.from(authorization.signature, "hex"))) {
    throw invalidSignature(
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access " +
        "Key and signing method. Consult the service documentation for details.",
    );
  }
}

function verifyTime(amzDate: string, scopeDate: string, nowMs: number, maxSkewMs: number): void {
  const [, year, month, day, hour, minute, second] = AMZ_DATE.exec(amzDate) ?? [];
  const signedMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(signedMs)) throw invalidSignature("X-Amz-Date must be in ISO8601 'basic format'");
  if (!amzDate.startsWith(scopeDate))
    throw invalidSignature("Date in Credential scope does not match X-Amz-Date");
  if (Math.abs(signedMs - nowMs) <= maxSkewMs) return;
  const bound = signedMs < nowMs ? nowMs - maxSkewMs : nowMs + maxSkewMs;
  const words = signedMs < nowMs ? ["expired", "earlier", "-"] : ["not yet current", "later", "+"];
  throw invalidSignature(
    `Signature ${words[0]}: ${amzDate} is now ${words[1]} than ${basicDate(bound)} ` +
      `(${basicDate(nowMs)} ${words[2]} ${Math.round(maxSkewMs / 60_000)} min.)`,
  );
}

/** Host and every X-Amz-* header must be signed, and every signed header must be present. */
function verifySignedHeaders(headers: Readonly<Record<string, string>>, signed: readonly string[]): void {
  const mustBeSigned = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  const unsigned = mustBeSigned.find((name) => !signed.includes(name));
  if (unsigned !== undefined) throw invalidSignature(`'${unsigned}' must be a 'SignedHeader'`);
  const absent = signed.find((name) => headers[name] === undefined);
  if (absent !== undefined) throw invalidSignature(`The signed header '${absent}' is not in the request`);
}

function canonicalRequest(request: SignedRequest, authorization: Authorization): string {
  const [path = "/", query = ""] = request.url.split("?");
  const headers = authorization.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? "").trim().replaceAll(/ +/g, " ")}\n`,
  );
  return [
    request.method,
    path,
    query.split("&").toSorted().join("&"),
    headers.join(""),
    authorization.signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
}

function invalidSignature(message: string): AwsError {
  return new AwsError("InvalidSignatureException", message);
}

function basicDate(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
