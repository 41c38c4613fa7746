import type { RequestListener } from "node:http";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import type { PageData } from "./page/overview.ts";
import { PageRenderer } from "./page/page-renderer.ts";
import { RENDERED_RESOURCES } from "./rendered-resources.ts";
import { renderedHandler } from "./rendered-route.ts";
import { isSameOrigin } from "./same-origin.ts";
import { scrapeHandler, type ScrapeOptions } from "./scrape.ts";
import { sendInternalError, sendMethodNotAllowed, sendText } from "./send-text.ts";

/** What the routes need. */
export interface AppOptions extends ScrapeOptions {
  /** The path of the metrics, "/metrics" by default. */
  readonly telemetryPath: string;
  readonly isReady: () => boolean;
  /** Reloads the configuration and resolves to the errors, if any; absent while reloads over HTTP are disabled. */
  readonly reload?: () => Promise<readonly string[]>;
  readonly page: () => PageData;
}

/** Responds to every request: scrapes do without Express, which would cost more than sending the body. */
export function createApp(options: AppOptions): RequestListener {
  const scrape = scrapeHandler(options);
  const app = createExpressApp(options);
  return (request, response) => {
    if (pathOf(request.url) === options.telemetryPath) scrape(request, response);
    else app(request, response);
  };
}

/** The path of a request target, which may be a whole URL if a proxy sends it. */
function pathOf(target = ""): string {
  return /^(?:https?:\/\/[^/?]*)?([^?]*)/i.exec(target)?.[1] ?? "";
}

/** Every other route, and the handlers of unknown paths and errors. */
function createExpressApp(options: AppOptions): Express {
  const { telemetryPath, isReady, onError } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("case sensitive routing");
  app.enable("strict routing");
  const renderer = new PageRenderer(options.clock);
  for (const [path, resource] of RENDERED_RESOURCES) {
    addRoute(app, path, renderedHandler(resource, renderer, options));
  }
  addRoute(app, "/-/healthy", (_request, response) => sendText(response, 200, "Healthy."));
  addRoute(app, "/-/ready", (_request, response) => {
    if (isReady()) sendText(response, 200, "Ready.");
    else sendText(response, 503, "Not ready: not every workgroup has been polled yet.");
  });
  addReloadRoute(app, options);
  const notFound = `Not found. The paths are ${[telemetryPath, ...RENDERED_RESOURCES.keys()].join(", ")}, /-/healthy, /-/ready and /-/reload.`;
  app.use((_request, response) => sendText(response, 404, notFound));
  app.use(errorHandler(onError));
  return app;
}

/** Adds a route for GET and HEAD. */
function addRoute(app: Express, path: string, handler: RequestHandler): void {
  app.route(path).get(handler).all(methodNotAllowed("GET, HEAD"));
}

function addReloadRoute(app: Express, { reload }: AppOptions): void {
  app
    .route("/-/reload")
    .post(async ({ headers }, response) => {
      if (!isSameOrigin(headers)) {
        sendText(response, 403, "Reloads are refused to pages of other origins.");
        return;
      }
      if (reload === undefined) {
        sendText(response, 403, "Reloads over HTTP are disabled; enable them with --web.enable-lifecycle.");
        return;
      }
      const problems = await reload();
      if (problems.length === 0) sendText(response, 200, "Reloaded.");
      else sendText(response, 500, `Not reloaded; nothing has changed.\n${problems.join("\n")}`);
    })
    .all(methodNotAllowed("POST"));
}

function methodNotAllowed(allowed: string): RequestHandler {
  return (_request, response) => sendMethodNotAllowed(response, allowed);
}

/** Replaces Express' own error handler, which sends stack traces. Express recognises it by its four parameters. */
function errorHandler(onError: AppOptions["onError"]): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    onError(error);
    sendInternalError(response);
  };
}
