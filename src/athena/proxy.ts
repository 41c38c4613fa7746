import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { AwsFailure } from "../failure.ts";

/**
 * Where instances and containers get their credentials, by hosts of URLs: their answers are for this machine, and a proxy is
 * another. https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
const LINK_LOCAL_HOSTS: ReadonlySet<string> = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::254]",
  "[fd00:ec2::23]",
]);

/**
 * The proxy that a request goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY as they are now; undefined for none. Throws
 * AwsFailure network where it is not the URL of one.
 * @param origin of the request: `https://athena.eu-west-1.amazonaws.com`
 */
export function proxyOf(origin: string): string | undefined {
  if (!URL.canParse(origin) || LINK_LOCAL_HOSTS.has(new URL(origin).hostname)) return undefined;
  const proxy = getProxyForUrl(origin);
  if (proxy === "") return undefined;
  // The URL itself may hold a password, and stays out of the message.
  if (!URL.canParse(proxy) || !/^https?:$/.test(new URL(proxy).protocol)) {
    const message =
      "HTTPS_PROXY and HTTP_PROXY must be URLs such as http://proxy.example:3128, and one is not";
    throw new AwsFailure("network", "", message);
  }
  return proxy;
}

/** Agents that reach servers through a proxy: by CONNECT where they speak TLS, else by asking the proxy itself. */
export function proxyAgents(
  proxy: string,
  options: { readonly keepAlive: boolean; readonly maxSockets: number },
) {
  return {
    httpAgent: new HttpProxyAgent(proxy, options),
    httpsAgent: new HttpsProxyAgent(proxy, options),
  };
}
