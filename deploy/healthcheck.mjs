/**
 * The health check of the image: exits with status 0 if the exporter in this container is healthy, else with 1 and the
 * reason. It requests the first address of ATHENA_EXPORTER_WEB_LISTEN_ADDRESS, with TLS first where
 * ATHENA_EXPORTER_WEB_CONFIG_FILE is set. It knows no password and has no certificate: that it is refused shows that the
 * exporter serves.
 */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

const TIMEOUT_MS = 3000;

const {
  ATHENA_EXPORTER_WEB_LISTEN_ADDRESS: addresses = ":10284",
  ATHENA_EXPORTER_WEB_CONFIG_FILE: accessFile = "",
} = process.env;
const [address = ""] = addresses.split(",", 1).map((text) => text.trim());
const [, socketPath] = /^unix:\/\/(.*)$/.exec(address) ?? [];
const host =
  socketPath === undefined ? `${address.startsWith(":") ? "127.0.0.1" : ""}${address}` : "localhost";
const accepted = accessFile === "" ? [200] : [200, 401];

const problems = [];
for (const scheme of accessFile === "" ? ["http"] : ["https", "http"]) {
  const problem = await check(scheme);
  if (problem === undefined) process.exit(0);
  problems.push(`${scheme}://${host}/-/healthy: ${problem}\n`);
}
process.stderr.write(problems.join(""));
process.exitCode = 1;

/** What is wrong, or undefined. */
function check(scheme) {
  let hasHandshake = false;
  return new Promise((resolve) => {
    const request = (scheme === "https" ? httpsRequest : httpRequest)(
      `${scheme}://${host}/-/healthy`,
      {
        ...(socketPath !== undefined && { socketPath }),
        rejectUnauthorized: false,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
      ({ statusCode }) => resolve(accepted.includes(statusCode) ? undefined : `status ${statusCode}`),
    );
    request.on("socket", (socket) => socket.on("secureConnect", () => (hasHandshake = true)));
    // The exporter closes the connection of a client without a certificate after the handshake.
    request.on("error", (error) => resolve(hasHandshake ? undefined : error.message || error.code));
    request.end();
  });
}
