import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { type Render, RENDERED_PATHS } from "./rendered-paths.ts";
import { renderedHandler } from "./rendered-route.ts";
import { isSameOrigin } from "./same-origin.ts";
import type { ScrapeOptions } from "./scrape.ts";
import { sendInternalError, sendMethodNotAllowed, sendText } from "./send-text.ts";

/** What the routes need. */
export interface AppOptions extends ScrapeOptions {
  /** The path of the metrics, "/metrics" by default. */
  readonly telemetryPath: string;
  /** Before all paths, such as "/athena"; none by default. */
  readonly routePrefix?: string;
  /** The URL whose host requests must name; any by default. */
  readonly externalUrl?: string;
  /** Whether the exporter does its work, however AWS responds. */
  readonly isHealthy: () => Promise<boolean>;
  readonly isReady: () => Promise<boolean>;
  /** Reloads the configuration and resolves to the errors, if any; absent while reloads over HTTP are disabled. */
  readonly reload?: () => Promise<readonly string[]>;
  readonly render: Render;
}

/** Every route but that of the metrics, and the handlers of unknown paths and errors. */
export function createExpressRoutes(options: AppOptions): Express {
  const { telemetryPath, routePrefix = "", isHealthy, isReady, render, clock, onError } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("case sensitive routing");
  app.enable("strict routing");
  for (const path of RENDERED_PATHS) addRoute(app, path, renderedHandler(path, render, clock));
  addRoute(app, "/-/healthy", async (_request, response) => {
    if (await isHealthy()) sendText(response, 200, "Healthy.");
    else sendText(response, 503, "Not healthy: the thread that polls does not respond.");
  });
  addRoute(app, "/-/ready", async (_request, response) => {
    if (await isReady()) sendText(response, 200, "Ready.");
    else sendText(response, 503, "Not ready: not every workgroup has been polled yet.");
  });
  addReloadRoute(app, options);
  const notFound = `Not found. The paths are ${[telemetryPath, ...RENDERED_PATHS, "/-/healthy", "/-/ready"].map((path) => routePrefix + path).join(", ")} and ${routePrefix}/-/reload.`;
  app.use((_request, response) => sendText(response, 404, notFound));
  app.use(errorHandler(onError));
  return app;
}

/** Adds a route for GET and HEAD. */
function addRoute(app: Express, path: string, handler: RequestHandler): void {
  app.route(path).get(handler).all(methodNotAllowed("GET, HEAD"));
}

function addReloadRoute(app: Express, { reload, externalUrl }: AppOptions): void {
  app
    .route("/-/reload")
    .post(async ({ headers }, response) => {
      if (!isSameOrigin(headers, externalUrl)) {
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
