import { expect, test } from "vitest";
import { proxyAgent, proxyError } from "../../src/athena/proxy.ts";

const PROXY = "http://proxy.example:3128";

test("a proxy agent is created only if HTTPS_PROXY or https_proxy is set", () => {
  expect(proxyAgent({ NO_PROXY: "*" }, {})).toBeUndefined();
  expect(proxyAgent({ https_proxy: PROXY }, {})).toBeDefined();
  expect(proxyAgent({ HTTPS_PROXY: PROXY }, {})).toBeDefined();
});

test.each([PROXY, "https://proxy.example", "socks5://proxy.example:1080"])(
  "%s is accepted as a proxy URL",
  (proxy) => {
    expect(proxyError({ HTTPS_PROXY: proxy })).toBeUndefined();
  },
);

test.each(["http://user:hush@", "ftp://user:hush@proxy.example", "hush.example:3128"])(
  "%s is rejected as a proxy URL, and the error does not contain it",
  (proxy) => {
    const { message = "" } = proxyError({ http_proxy: proxy }) ?? {};
    expect(message).toMatch(/^HTTP_PROXY is not the URL of a proxy; expected one such as/);
    expect(message).not.toMatch(/hush/);
  },
);
