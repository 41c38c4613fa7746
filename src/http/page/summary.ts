import { formatCount, formatPlural, formatSeconds, type Tone } from "./components.ts";
import { html, type Html } from "./html.ts";
import type { OrganizationView } from "../../snapshot/view.ts";
import type { Overview, Totals } from "./overview.ts";

/** A sentence of the headline. */
interface Sentence {
  readonly tone: Tone;
  readonly text: string;
  /** The section that it links to. */
  readonly fragment?: "workgroups" | "accounts" | "sessions";
}

const OUTDATED: Sentence = { tone: "bad", text: "The data below is outdated or missing." };

/** The state of the fleet in one to five sentences: what is wrong with the data, and the sessions that need action. */
export function headline(
  { isFiltered, totals, sessions }: Overview,
  organization: OrganizationView | undefined,
): Html {
  if (isFiltered && totals.workgroups + totals.accounts === 0) {
    return html`<p class="headline wait">
      No match. No session, workgroup or account has all of the filter.
    </p>`;
  }
  const data = [...organizationFailure(organization), ...freshness(totals)];
  const action = sessionsNeedingAction(totals, sessions.count);
  const isSound = data.every(({ tone }) => tone === "good");
  const sentences = isSound ? [...action, ...data] : [...data, ...action];
  const tone = sentences.find(({ tone }) => tone !== "good")?.tone ?? "good";
  const parts = sentences.map(({ text, fragment }) =>
    fragment === undefined ? html`${text} ` : html`<a href="#${fragment}">${text}</a> `,
  );
  return html`<p class="headline ${tone}">${parts}</p>`;
}

function organizationFailure(organization: OrganizationView | undefined): readonly Sentence[] {
  if (organization?.failure === undefined) return [];
  return [{ tone: "bad", text: "The organization cannot be read.", fragment: "accounts" }];
}

function freshness(totals: Totals): readonly Sentence[] {
  const { workgroups, failing, waiting, accounts, failingAccounts } = totals;
  if (accounts > 0 && failingAccounts === accounts) {
    const text = accounts === 1 ? "The account cannot be read." : "No account can be read.";
    return [{ tone: "bad", text, fragment: "accounts" }, OUTDATED];
  }
  if (workgroups === 0) return [{ tone: "wait", text: "There is no workgroup to show." }];
  if (failing === workgroups) {
    return [{ tone: "bad", text: "No workgroup can be read.", fragment: "workgroups" }, OUTDATED];
  }
  const notPolled = `${formatCount(waiting)} of ${formatPlural(workgroups, "workgroup")} not polled yet.`;
  const problems = [
    failing > 0 && cannotBeRead(failing, workgroups, "workgroup"),
    failingAccounts > 0 && cannotBeRead(failingAccounts, accounts, "account"),
    waiting > 0 && ({ tone: "wait", text: notPolled } as const),
  ].filter((sentence) => sentence !== false);
  if (problems.length > 0) return problems;
  const subject = workgroups === 1 ? "The workgroup is" : `All ${formatCount(workgroups)} workgroups are`;
  return [{ tone: "good", text: `${subject} up to date.` }];
}

function cannotBeRead(failing: number, total: number, noun: "workgroup" | "account"): Sentence {
  const text = `${formatCount(failing)} of ${formatPlural(total, noun)} cannot be read.`;
  return { tone: "bad", text, fragment: `${noun}s` };
}

function sessionsNeedingAction(totals: Totals, sessions: number): readonly Sentence[] {
  if (sessions > 0) {
    const text = `${formatPlural(sessions, "session")} ${sessions === 1 ? "needs" : "need"} action.`;
    return [{ tone: "warn", text, fragment: "sessions" }];
  }
  const { workgroups, failing, waiting } = totals;
  return workgroups > failing + waiting ? [{ tone: "good", text: "No session needs action." }] : [];
}

/** The totals of the fleet. */
export function totalsList(totals: Totals): Html {
  const { workgroups, failing, accounts, failingAccounts } = totals;
  return html`<dl class="totals">
    ${total("Workgroups failing", share(failing, workgroups), failing > 0)}
    ${total("Accounts failing", share(failingAccounts, accounts), failingAccounts > 0)}
    ${total("Longest idle", formatSeconds(totals.longestIdleSeconds))}
    ${total("Idle DPUs", formatCount(totals.idleDpus))}
  </dl>`;
}

function share(part: number, whole: number): Html {
  return html`${formatCount(part)} <small>of ${formatCount(whole)}</small>`;
}

function total(name: string, value: Html | string, isBad = false): Html {
  return html`<div class="${isBad && "bad"}">
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
