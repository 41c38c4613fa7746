import { createServer, request } from "node:http";
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { afterEach, expect, test } from "vitest";
import { REGION } from "../app/config.ts";
import { ACCOUNT_ID, KEY, SPARK, startWorld } from "./world.ts";

const OTHER_ACCOUNT_ID = "222222222222";
const TLS_HANDSHAKE = 0x16;

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A proxy that forwards requests and opens tunnels, and remembers where to. */
async function startProxy() {
  const forwarded: string[] = [];
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, answer) => {
    forwarded.push(new URL(incoming.url ?? "").host);
    const { method, headers, url = "" } = incoming;
    const onward = request(url, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  });
  server.on("connect", ({ url = "" }, socket: Socket) => {
    tunnels.push(url);
    const [host, port] = url.split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.pipe(socket);
      socket.pipe(target);
    });
    for (const end of [target, socket]) {
      sockets.add(end);
      end.on("error", () => undefined);
    }
  });
  const port = await listen(server);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, forwarded, tunnels };
}

const NO_VARIABLES = {
  NO_PROXY: undefined,
  no_proxy: undefined,
  http_proxy: undefined,
  https_proxy: undefined,
};

const WORLD = {
  accounts: [
    { id: ACCOUNT_ID, keys: [KEY], regions: { [REGION]: [{ name: "own", engine: SPARK }] } },
    {
      id: OTHER_ACCOUNT_ID,
      roles: [{ name: "exporter" }],
      regions: { [REGION]: [{ name: "other", engine: SPARK }] },
    },
  ],
  configured: [{}, { roleArn: `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/exporter` }],
};

test("every request goes through the proxy, of Athena and of STS alike", async () => {
  const proxy = await startProxy();
  const world = await startWorld({ ...WORLD, environment: { ...NO_VARIABLES, HTTP_PROXY: proxy.url } });
  await world.until("both polled", () => world.manager.board.isReady());
  expect(["own", "other"].map((name) => world.view(name).up)).toEqual([true, true]);
  expect(proxy.forwarded.length).toBeGreaterThanOrEqual(world.simulator.requests.total);
  expect(new Set(proxy.forwarded)).toEqual(new Set([new URL(world.simulator.url).host]));
  expect(world.simulator.requests.count({ operation: "AssumeRole" })).toBe(1);
});

test("requests to hosts of NO_PROXY are sent directly", async () => {
  const proxy = await startProxy();
  const world = await startWorld({
    ...WORLD,
    environment: { ...NO_VARIABLES, HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" },
  });
  await world.until("both polled", () => world.manager.board.isReady());
  expect(proxy.forwarded).toEqual([]);
});

test("TLS goes end to end, in a tunnel through the proxy", async () => {
  const proxy = await startProxy();
  const firstBytes: (number | undefined)[] = [];
  const endpoint = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (bytes) => {
      firstBytes.push(bytes[0]);
      socket.destroy();
    });
  });
  const port = await listen(endpoint);
  closers.push(() => endpoint.close());
  const world = await startWorld({
    environment: {
      ...NO_VARIABLES,
      HTTPS_PROXY: proxy.url,
      AWS_ENDPOINT_URL: `https://127.0.0.1:${port}`,
    },
  });
  await world.until("a failure", () => world.account().failure !== undefined);
  expect(world.account().failure?.reason).toBe("network");
  expect(new Set(proxy.tunnels)).toEqual(new Set([`127.0.0.1:${port}`]));
  expect(new Set(firstBytes)).toEqual(new Set([TLS_HANDSHAKE]));
});

test("a proxy that cannot be reached has the reason network", async () => {
  const world = await startWorld({
    environment: { ...NO_VARIABLES, HTTP_PROXY: "http://127.0.0.1:1" },
  });
  await world.until("a failure", () => world.account().failure !== undefined);
  expect(world.account().failure?.reason).toBe("network");
  expect(world.simulator.requests.total).toBe(0);
});
