import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from "express";
import type { PageData } from "./page/overview.ts";
import { readPageRequest } from "./page/page-request.ts";
import { renderStatusPage } from "./page/status-page.ts";
import { scrapeHandler, type ScrapeOptions } from "./scrape.ts";

/** What the routes need. */
export interface AppOptions extends ScrapeOptions {
  /** The path of the metrics, "/metrics" by default. */
  readonly telemetryPath: string;
  readonly isReady: () => boolean;
  /** Reloads the configuration and resolves to the errors, if any; absent while reloads over HTTP are disabled. */
  readonly reload?: () => Promise<readonly string[]>;
  readonly page: () => PageData;
  /** Receives the errors of handlers; the client gets only status 500. */
  readonly onError: (error: unknown) => void;
}

/** The status page has no scripts or frames and loads nothing. */
const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};

/** Creates the Express application with every route and the handlers of unknown paths and errors. */
export function createApp(options: AppOptions): Express {
  const { telemetryPath, isReady, onError } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("case sensitive routing");
  app.enable("strict routing");
  app.use((_request, response, next) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    next();
  });
  addRoute(app, telemetryPath, scrapeHandler(options));
  addRoute(app, "/", pageHandler(options));
  addRoute(app, "/-/healthy", (_request, response) => sendText(response, 200, "Healthy."));
  addRoute(app, "/-/ready", (_request, response) => {
    if (isReady()) sendText(response, 200, "Ready.");
    else sendText(response, 503, "Not ready: not every workgroup has been polled yet.");
  });
  addReloadRoute(app, options);
  const notFound = `Not found. The paths are ${telemetryPath}, /, /-/healthy, /-/ready and /-/reload.`;
  app.use((_request, response) => sendText(response, 404, notFound));
  app.use(errorHandler(onError));
  return app;
}

/** Adds a route for GET and HEAD. */
function addRoute(app: Express, path: string, handler: RequestHandler): void {
  app.route(literalPath(path)).get(handler).all(methodNotAllowed("GET, HEAD"));
}

function addReloadRoute(app: Express, { reload }: AppOptions): void {
  app
    .route("/-/reload")
    .post(async (_request, response) => {
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
  return (_request, response) => {
    response.setHeader("Allow", allowed);
    sendText(response, 405, `Method not allowed; use ${allowed.replace(", ", " or ")}.`);
  };
}

/** Escapes a configured path, as Express takes paths as patterns. */
function literalPath(path: string): string {
  return path.replace(/[{}()[\]+?!:*\\]/g, String.raw`\$&`);
}

function pageHandler({ page, clock }: AppOptions): RequestHandler {
  return (request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    response.set(PAGE_HEADERS).type("html");
    response.send(renderStatusPage(page(), readPageRequest(searchParams), clock.wallMs()));
  };
}

/** Replaces Express' own error handler, which sends stack traces. Express recognises it by its four parameters. */
function errorHandler(onError: AppOptions["onError"]): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    onError(error);
    if (response.headersSent) response.destroy();
    else sendText(response, 500, "Internal error; see the exporter's log.");
  };
}

function sendText(response: Response, status: number, text: string): void {
  response.status(status).removeHeader("Content-Encoding");
  response.type("text/plain").send(`${text}\n`);
}
