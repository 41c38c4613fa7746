import { textValue } from "./value.ts";

const MAX_CHARACTERS = 2_000;
const HAS_SCHEME = /^https?:\/\/[^/]/i;

/** Where Grafana is: http or https, a sub-path if it is served under one; given without a slash at its end. */
export const grafanaUrl = baseUrl("https://grafana.example.net");

/** Where browsers reach the exporter; given without a slash at its end. */
export const externalUrl = baseUrl("https://tools.example.net/athena");

/** Where the runbooks are; given without a slash at its end. */
export const runbooksUrl = baseUrl("https://wiki.example.net/athena");

function baseUrl(example: string) {
  return textValue({
    expected: `an http or https URL such as ${example}`,
    placeholder: "URL",
    parse: (text) =>
      problemOf(text) === undefined && URL.canParse(text)
        ? new URL(text).href.replace(/\/+$/, "")
        : undefined,
    hint: problemOf,
    // It may hold a password, by mistake.
    isSecret: true,
  });
}

/** The path under which all others are, as `/athena`; empty for none. Slashes at its ends may be left out. */
export const routePrefix = textValue({
  expected: "a path such as /athena, or / for none",
  placeholder: "PATH",
  parse: (text) =>
    /^\/?(?:[\w.~%-]+\/)*[\w.~%-]*$/.test(text) && text !== "" && text.length <= 255
      ? `/${text}`.replaceAll(/^\/+|\/+$/g, "").replace(/^(?=.)/, "/")
      : undefined,
});

function problemOf(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS) return `it is longer than ${MAX_CHARACTERS} characters`;
  if (/[\s\p{Cc}]/u.test(text)) return "it has blanks or control characters";
  if (!HAS_SCHEME.test(text)) return "it does not begin with http:// or https:// and a host";
  if (/[?#]/.test(text)) return "it has a query or a fragment; leave that out";
  if (!URL.canParse(text)) return "it is no URL";
  const { username, password } = new URL(text);
  return username + password === "" ? undefined : "it has a user or a password; leave them out";
}

/** The path of a URL at which metrics are served. `/` is the web page, and `/-/` belongs to probes. */
export const telemetryPath = textValue({
  expected: "a path such as /metrics, not / and not under /-/",
  placeholder: "PATH",
  parse: (text) =>
    /^\/[\w.~/-]{1,255}$/.test(text) && !text.startsWith("/-/") && !text.startsWith("//") ? text : undefined,
});
