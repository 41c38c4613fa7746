/** The paths of what is rendered from the board: the status page, and the lists for programs. */
export const RENDERED_PATHS = ["/", "/api/v1/sessions", "/api/v1/workgroups"] as const;

export type RenderedPath = (typeof RENDERED_PATHS)[number];

/** What is rendered for a request; what is wrong with its query; or that too many pages wait. It can be sent between threads. */
export type RenderedAnswer =
  | {
      readonly contentType: "html" | "json";
      readonly headers: ReadonlyMap<string, string>;
      readonly text: string;
    }
  | { readonly problem: string }
  | "busy";

/** Renders what a path shows now. `query` is a URL's, with its question mark; it may be empty. */
export type Render = (path: RenderedPath, query: string) => Promise<RenderedAnswer>;
