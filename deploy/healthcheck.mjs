/**
 * The health check of the image: exits with status 0 if the exporter in this container is healthy, else with 1 and the
 * reason. It requests the first address of ATHENA_EXPORTER_WEB_LISTEN_ADDRESS.
 */
const TIMEOUT_MS = 3000;

const { ATHENA_EXPORTER_WEB_LISTEN_ADDRESS: addresses = ":10284" } = process.env;
const [address = ""] = addresses.split(",", 1).map((text) => text.trim());
const url = `http://${address.startsWith(":") ? "127.0.0.1" : ""}${address}/-/healthy`;

try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!ok) fail(`status ${status}`);
} catch (error) {
  fail(error.cause?.message ?? error.message);
}

function fail(reason) {
  process.stderr.write(`${url}: ${reason}\n`);
  process.exitCode = 1;
}
