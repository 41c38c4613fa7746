import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from "express";
import { renderPage } from "./page/page.ts";
import { readPageRequest } from "./page/page-request.ts";
import type { PageSource } from "./page/page-source.ts";
import { type ScrapeOptions, Scrapes } from "./scrape.ts";

/** What the routes answer from. */
export interface AppOptions extends ScrapeOptions {
  /** Where the metrics are, "/metrics" by default. */
  readonly telemetryPath: string;
  readonly isReady: () => boolean;
  /** Takes over a changed configuration, or says why not; absent where nobody may ask for it over HTTP. */
  readonly reload?: () => Promise<readonly string[]>;
  readonly page: PageSource;
  /** Hears of what went wrong while answering; the client only sees 500. */
  readonly onError: (error: unknown) => void;
}

/** A page without scripts, frames or anything from elsewhere. */
const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Frame-Options": "DENY",
  "Cache-Control": "no-store",
};

/** The express app: every route, what is no route, and what goes wrong. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("case sensitive routing");
  app.enable("strict routing");
  app.use((_request, response, next) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    next();
  });
  addRoute(app, options.telemetryPath, scrapeHandler(options));
  addRoute(app, "/", pageHandler(options));
  addRoute(app, "/-/healthy", (_request, response) => sendText(response, 200, "Healthy."));
  addRoute(app, "/-/ready", readyHandler(options));
  addReloadRoute(app, options);
  app.use((_request, response) => {
    sendText(
      response,
      404,
      `Not found. There are ${options.telemetryPath}, /, /-/healthy, /-/ready and /-/reload.`,
    );
  });
  app.use(errorHandler(options));
  return app;
}

/** GET, and HEAD with it; anything else is refused by name. */
function addRoute(app: Express, path: string, handler: RequestHandler): void {
  app
    .route(literalPath(path))
    .get(handler)
    .all((_request, response) => {
      response.setHeader("Allow", "GET, HEAD");
      sendText(response, 405, "Method not allowed; use GET or HEAD.");
    });
}

function addReloadRoute(app: Express, { reload }: AppOptions): void {
  app
    .route("/-/reload")
    .post(async (_request, response) => {
      if (reload === undefined) {
        sendText(response, 403, "Reloading over HTTP is off; --web.enable-lifecycle allows it.");
        return;
      }
      const problems = await reload();
      if (problems.length === 0) sendText(response, 200, "Reloaded.");
      else sendText(response, 500, `Not reloaded; nothing has changed.\n${problems.join("\n")}`);
    })
    .all((_request, response) => {
      response.setHeader("Allow", "POST");
      sendText(response, 405, "Method not allowed; use POST.");
    });
}

/** Express reads paths as patterns; a configured path is none. */
function literalPath(path: string): string {
  return path.replace(/[{}()[\]+?!:*\\]/g, String.raw`\$&`);
}

function scrapeHandler(options: AppOptions): RequestHandler {
  const scrapes = new Scrapes(options);
  return (request, response) => scrapes.answer(request, response);
}

function pageHandler(options: AppOptions): RequestHandler {
  return (request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    response.set(PAGE_HEADERS);
    response
      .type("html")
      .send(renderPage(options.page(), readPageRequest(searchParams), options.clock.wallMs()));
  };
}

function readyHandler({ isReady }: AppOptions): RequestHandler {
  return (_request, response) => {
    if (isReady()) sendText(response, 200, "Ready.");
    else sendText(response, 503, "Not ready: not every workgroup has been tried yet.");
  };
}

/** Express' own sends stack traces. It finds an error handler by its four parameters. */
function errorHandler({ onError }: AppOptions): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    onError(error);
    if (response.headersSent) response.destroy();
    else sendText(response, 500, "Internal error; the exporter's log says more.");
  };
}

function sendText(response: Response, status: number, text: string): void {
  response.status(status).removeHeader("Content-Encoding");
  response.type("text/plain").send(`${text}\n`);
}
