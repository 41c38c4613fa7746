import { parseSessionOrder, SESSION_ORDERS, type SessionOrder } from "../../config/values/session-order.ts";
import { COUNTED_STATES } from "../../sessions/session.ts";
import { advise } from "../../snapshot/advice.ts";
import {
  compareSessions,
  entriesOf,
  toSessionRecord,
  type SessionEntry,
} from "../../snapshot/session-entry.ts";
import { overviewOf, type PageData } from "../page/overview.ts";
import { URGENCY } from "../page/page-request.ts";
import { SessionFilter } from "../page/session-filter.ts";
import { TopItems } from "../page/top-items.ts";
import type { WorkgroupEntry } from "../page/workgroup-entry.ts";
import { parseOrder, WORKGROUP_COLUMNS, type WorkgroupOrder } from "../page/workgroup-order.ts";
import type { ListRequest, Orders } from "./list-request.ts";

/** Sessions in one response. */
const PAGE_SIZE = 100;

export const SESSION_LIST: Orders<SessionOrder> = {
  parse: parseSessionOrder,
  byDefault: "urgency",
  names: SESSION_ORDERS,
};

export const WORKGROUP_LIST: Orders<WorkgroupOrder> = {
  parse: parseOrder,
  byDefault: "worst",
  names: WORKGROUP_COLUMNS.map(({ name }) => name),
};

/** A page of the active sessions that match the filter; it is empty after the last page. */
export function sessionList(data: PageData, request: ListRequest<SessionOrder>): string {
  const { order, pageNumber } = request;
  const filter = new SessionFilter(request);
  const end = pageNumber * PAGE_SIZE;
  const shown = new TopItems<SessionEntry>(end, compareSessions(order));
  let total = 0;
  for (const view of data.workgroups) {
    const rows = filter.sessionsOf(view);
    total += rows.length;
    for (const entry of entriesOf(view, rows)) shown.add(entry);
  }
  const sessions = shown
    .items()
    .slice(end - PAGE_SIZE, end)
    .map(toSessionRecord);
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  return toJson({ sessions, page: pageNumber, pages, total });
}

/** A page of the workgroups that match the filter, as the status page has them; it is empty after the last page. */
export function workgroupList(data: PageData, request: ListRequest<WorkgroupOrder>): string {
  const { items, number, pages, total } = overviewOf(data, { ...request, sessionOrder: URGENCY }).workgroups;
  const workgroups = number === request.pageNumber ? items.map(toWorkgroupRecord) : [];
  return toJson({ workgroups, page: request.pageNumber, pages, total });
}

/** What is not known is null. Times are in ISO 8601. */
function toWorkgroupRecord({ view, status, sessions }: WorkgroupEntry) {
  const { accountId, region, workgroup, snapshot, failure, lastSuccessMs } = view;
  return {
    aws_account_id: accountId,
    account_name: view.accountName,
    aws_region: region,
    workgroup,
    engine_version: view.engineVersion,
    status,
    sessions: sessions ?? null,
    sessions_by_state:
      snapshot === undefined
        ? null
        : Object.fromEntries(COUNTED_STATES.map((state) => [state.toLowerCase(), snapshot.sessions[state]])),
    idle_dpus: snapshot?.idleDpus ?? null,
    longest_idle_seconds: snapshot?.longestIdleSeconds ?? null,
    last_success: lastSuccessMs === 0 ? null : new Date(lastSuccessMs).toISOString(),
    failure:
      failure === undefined
        ? null
        : {
            reason: failure.reason,
            operation: failure.operation,
            message: failure.message,
            advice: advise(failure, { accountId, region, workgroup }),
          },
  };
}

function toJson(list: object): string {
  return `${JSON.stringify(list)}\n`;
}
