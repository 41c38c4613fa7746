import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatListenAddress, listenAddress } from "../../../src/config/values/listen-address.ts";

test.each([
  [":10284", { port: 10_284 }],
  ["0.0.0.0:0", { host: "0.0.0.0", port: 0 }],
  ["metrics.example.org:80", { host: "metrics.example.org", port: 80 }],
  ["[::1]:1", { host: "::1", port: 1 }],
  ["[::]:65535", { host: "::", port: 65_535 }],
  ["unix:///run/exporter.sock", { path: "/run/exporter.sock" }],
])("%s is parsed as an address, and the address is formatted as the same text", (text, address) => {
  expect(listenAddress.parse(text)).toEqual(address);
  expect(formatListenAddress(address)).toBe(text);
});

test.each([
  ["10284", 'did you mean ":10284"?'],
  ["::1:10284", "put the IPv6 address in brackets"],
  ["localhost", "HOST:PORT"],
  ["host:65536", "HOST:PORT"],
  ["10.0.0.256:80", "HOST:PORT"],
  ["[10.0.0.1]:80", "HOST:PORT"],
  ["http://host:80", "HOST:PORT"],
  ["-host:80", "HOST:PORT"],
  ["unix://run.sock", "the path must be absolute"],
  ["unix:///run/", "the path must be absolute"],
  [`unix:///${"x".repeat(200)}`, "of at most 107 bytes"],
  ["", "HOST:PORT"],
])("%j is rejected with the expected form", (text, wanted) => {
  expect(listenAddress.safeParse(text).error?.issues[0]?.message).toContain(wanted);
});

test("any IP address and port are unchanged after formatting and parsing", () => {
  const addresses = fc.record({ host: fc.oneof(fc.ipV4(), fc.ipV6()), port: fc.nat({ max: 65_535 }) });
  fc.assert(
    fc.property(addresses, (address) => {
      expect(listenAddress.parse(formatListenAddress(address))).toEqual(address);
    }),
  );
});
