import type { PageData } from "../../src/http/page/overview.ts";
import { readPageRequest } from "../../src/http/page/page-request.ts";
import { renderStatusPage } from "../../src/http/page/status-page.ts";
import { accountView, snapshot, workgroupView } from "../metrics/views.ts";

export const NOW_MS = 1_700_003_630_500;

/** The status page of one account and region with one workgroup, except for what `change` and the parameters of its URL say. */
export function page(change: Partial<PageData> = {}, parameters: Record<string, string> = {}): string {
  const data = {
    version: "1.2.3",
    telemetryPath: "/metrics",
    accounts: [accountView()],
    workgroups: [workgroupView()],
  };
  return renderStatusPage({ ...data, ...change }, readPageRequest(new URLSearchParams(parameters)), NOW_MS);
}

const NO_SESSIONS = { CREATING: 0, CREATED: 0, IDLE: 0, BUSY: 0, TERMINATING: 0, DEGRADED: 0, UNKNOWN: 0 };
export const EMPTY_SNAPSHOT = snapshot({
  sessions: NO_SESSIONS,
  idle: [],
  rows: [],
  longestIdleSeconds: 0,
  idleDpus: 0,
});
export const FAILURE = {
  reason: "access_denied",
  operation: "ListSessions",
  message: "is not authorized",
} as const;

/** The text that a browser shows. */
export function visibleText(markup: string): string {
  return markup
    .replace(/<style>.*<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
}

/** The URLs of the links, as a browser reads them. */
export function links(markup: string): readonly string[] {
  return [...markup.matchAll(/<a\b[^>]*href="([^"]*)"/g)].map(([, href = ""]) =>
    href.replaceAll("&amp;", "&"),
  );
}
