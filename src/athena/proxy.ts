import { proxies, ProxyAgent, type ProxyAgentOptions } from "proxy-agent";
import { ApiError } from "../failure.ts";

const PROXY_VARIABLES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

/**
 * The agent that sends requests through the proxies of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capital or small letters;
 * undefined where none is set. The SDK reads link-local credential endpoints by connections of its own, so never through a proxy.
 */
export function proxyAgent(
  environment: NodeJS.ProcessEnv,
  options: ProxyAgentOptions,
): ProxyAgent | undefined {
  const isSet = PROXY_VARIABLES.some((name) => valuesOf(name, environment).length > 0);
  return isSet ? new ProxyAgent(options) : undefined;
}

/** Why no request can be sent: a proxy's variable is no URL of a proxy. The message leaves the URL out, which may hold a password. */
export function proxyError(environment: NodeJS.ProcessEnv): ApiError | undefined {
  for (const name of PROXY_VARIABLES) {
    for (const value of valuesOf(name, environment)) {
      if (URL.canParse(value) && new URL(value).protocol.slice(0, -1) in proxies) continue;
      const message = `${name} is not the URL of a proxy; expected one such as http://proxy.example:3128`;
      return new ApiError("network", "", message);
    }
  }
  return undefined;
}

function valuesOf(name: string, environment: NodeJS.ProcessEnv): string[] {
  return [name, name.toLowerCase()].flatMap((one) => environment[one] || []);
}
