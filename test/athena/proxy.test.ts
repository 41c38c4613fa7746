import { afterEach, expect, test } from "vitest";
import { proxyOf } from "../../src/athena/proxy.ts";

const NAMES = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));

function setEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const name of NAMES) {
    const value = variables[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

afterEach(() => setEnvironment(before));

const PROXY = "http://proxy.example:3128";
const OTHER_PROXY = "http://other.example:8080";

test("each scheme has its proxy, but for hosts that NO_PROXY names", () => {
  setEnvironment({ HTTPS_PROXY: PROXY, HTTP_PROXY: OTHER_PROXY, NO_PROXY: ".amazonaws.com.cn,vpce.example" });
  expect(proxyOf("https://athena.eu-west-1.amazonaws.com")).toBe(PROXY);
  expect(proxyOf("http://127.0.0.1:4566")).toBe(OTHER_PROXY);
  expect(proxyOf("https://athena.cn-north-1.amazonaws.com.cn")).toBeUndefined();
  expect(proxyOf("https://vpce.example:8443")).toBeUndefined();
});

test("without the variables there is none; names in small letters count too", () => {
  setEnvironment({});
  expect(proxyOf("https://sts.eu-west-1.amazonaws.com")).toBeUndefined();
  setEnvironment({ https_proxy: PROXY });
  expect(proxyOf("https://sts.eu-west-1.amazonaws.com")).toBe(PROXY);
});

test.each([
  "http://169.254.169.254",
  "http://169.254.170.2",
  "http://169.254.170.23:80",
  "http://[fd00:ec2::254]",
  "http://[fd00:ec2::23]:80",
  "http://[FD00:EC2:0:0:0:0:0:23]",
])("%s gives this machine's credentials, and is never asked through a proxy", (origin) => {
  setEnvironment({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, ALL_PROXY: PROXY });
  expect(proxyOf(origin)).toBeUndefined();
});

test.each(["socks5://user:hush@proxy.example", "http://user:hush@", "ftp://proxy.example"])(
  "%s is no proxy's URL, which is said without repeating it",
  (proxy) => {
    setEnvironment({ HTTPS_PROXY: proxy });
    const ask = () => proxyOf("https://athena.eu-west-1.amazonaws.com");
    expect(ask).toThrow(/^HTTPS_PROXY and HTTP_PROXY must be URLs such as/);
    expect(ask).not.toThrow(/hush/);
  },
);
