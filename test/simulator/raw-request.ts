import { createHash, createHmac } from "node:crypto";
import { request } from "node:http";
import { KEY, REGION } from "./accounts.ts";

/** A request with possible mistakes; by default it is correct. */
export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  /** The body to send instead of the one that was signed. */
  readonly sentBody?: string;
  readonly target?: string;
  readonly contentType?: string;
  readonly service?: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly signedAtMs?: number;
  /** Headers that are sent but not signed. */
  readonly unsigned?: Readonly<Record<string, string>>;
  /** Omits the signature. */
  readonly anonymous?: boolean;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The AWS error code, or "" if there is none. */
  readonly type: string;
}

/** Signs and sends a request without the SDK, and returns the unparsed response. */
export async function sendRaw(url: string, raw: RawRequest): Promise<RawResponse> {
  const { method = "POST", path = "/", body = "{}", unsigned = {} } = raw;
  const headers = { ...(raw.anonymous ? plainHeaders(url, raw) : signedHeaders(url, raw)), ...unsigned };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const type = /"__type":"(\w+)"/.exec(text)?.[1] ?? "";
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, type });
      });
    });
    sent.on("error", reject);
    sent.end(raw.sentBody ?? body);
  });
}

function plainHeaders(url: string, raw: RawRequest): Record<string, string> {
  const { target = "AmazonAthena.ListSessions", contentType = "application/x-amz-json-1.1" } = raw;
  return { host: new URL(url).host, "content-type": contentType, "x-amz-target": target };
}

function signedHeaders(url: string, raw: RawRequest): Record<string, string> {
  const { method = "POST", path = "/", body = "{}", service = "athena", region = REGION } = raw;
  const date = new Date(raw.signedAtMs ?? Date.now()).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const headers: Record<string, string> = { ...plainHeaders(url, raw), "x-amz-date": date };
  const names = Object.keys(headers).toSorted();
  const canonical = [
    method,
    path,
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    createHash("sha256").update(body).digest("hex"),
  ].join("\n");
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", date, scope, createHash("sha256").update(canonical).digest("hex")].join(
    "\n",
  );
  const steps = [date.slice(0, 8), region, service, "aws4_request", text];
  const secret: string | Buffer = `AWS4${raw.secretAccessKey ?? KEY.secretAccessKey}`;
  const signature = steps.reduce<string | Buffer>(
    (key, step) => createHmac("sha256", key).update(step).digest(),
    secret,
  );
  const credential = `${raw.accessKeyId ?? KEY.accessKeyId}/${scope}`;
  headers["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, ` +
    `Signature=${Buffer.from(signature).toString("hex")}`;
  return headers;
}
