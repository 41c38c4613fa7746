import type { RequestListener } from "node:http";
import type { AppOptions } from "./express-routes.ts";
import { problemOfHost } from "./expected-host.ts";
import { pathOf, underPrefix } from "./route-prefix.ts";
import { scrapeHandler } from "./scrape.ts";
import { sendInternalError, sendText } from "./send-text.ts";

/** Responds to every request: scrapes do without Express, which would cost more than sending the body. */
export function createApp(options: AppOptions): RequestListener {
  const scrape = scrapeHandler(options);
  const others = otherRoutes(options);
  const { telemetryPath, routePrefix = "", externalUrl } = options;
  const routes = underPrefix(routePrefix, (request, response) => {
    if (pathOf(request.url) === telemetryPath) scrape(request, response);
    else others(request, response);
  });
  return (request, response) => {
    const problem = problemOfHost(request, externalUrl);
    if (problem === undefined) routes(request, response);
    else sendText(response, problem.status, problem.text);
  };
}

/** Those of Express, which is loaded with the first request for them: it would delay the first scrape by a tenth of a second. */
function otherRoutes(options: AppOptions): RequestListener {
  let loading: Promise<RequestListener> | undefined;
  const load = async () => (await import("./express-routes.ts")).createExpressRoutes(options);
  return (request, response) => {
    loading ??= load();
    loading.then(
      (listener) => listener(request, response),
      (error: unknown) => {
        loading = undefined;
        options.onError(error);
        sendInternalError(response);
      },
    );
  };
}
