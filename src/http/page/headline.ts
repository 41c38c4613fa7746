import { html, type Html } from "./html.ts";
import type { Overview } from "./overview.ts";
import { countText, plural, type Tone } from "./page-table.ts";
import type { Totals } from "./totals.ts";

interface Statement {
  readonly tone: Tone;
  readonly text: string;
  /** The part of the page that says more. */
  readonly fragment?: "workgroups" | "accounts" | "sessions";
}

/** How things are, in a sentence or two: first whether they can be seen, then what there is to do. */
export function headline({ totals, sessions }: Pick<Overview, "totals" | "sessions">): Html {
  const seen = whatIsSeen(totals);
  const statements = [...seen, ...whatToDo(totals, sessions.count)];
  const tone = statements.find((statement) => statement.tone !== "good")?.tone ?? "good";
  return html`<p class="headline ${tone}">${statements.map(sentence)}</p>`;
}

function sentence({ text, fragment }: Statement): Html {
  return fragment === undefined ? html`${text} ` : html`<a href="#${fragment}">${text}</a> `;
}

function whatIsSeen({
  workgroups,
  failing,
  waiting,
  accounts,
  failingAccounts,
}: Totals): readonly Statement[] {
  const missing = { tone: "bad", text: "What is below is old or missing." } as const;
  if (accounts > 0 && failingAccounts === accounts) {
    const text = accounts === 1 ? "The account cannot be read." : "No account can be read.";
    return [{ tone: "bad", text, fragment: "accounts" }, missing];
  }
  if (workgroups === 0) return [{ tone: "wait", text: "There is no workgroup to show." }];
  if (failing === workgroups) {
    return [{ tone: "bad", text: "No workgroup can be read.", fragment: "workgroups" }, missing];
  }
  const troubles: readonly (Statement | undefined)[] = [
    failing === 0 ? undefined : cannotBeRead(failing, workgroups, "workgroup"),
    failingAccounts === 0 ? undefined : cannotBeRead(failingAccounts, accounts, "account"),
    waiting === 0
      ? undefined
      : { tone: "wait", text: `${countText(waiting)} of ${plural(workgroups, "workgroup")} not read yet.` },
  ];
  const found = troubles.filter((statement) => statement !== undefined);
  if (found.length > 0) return found;
  const text =
    workgroups === 1 ? "The workgroup is read." : `All ${countText(workgroups)} workgroups are read.`;
  return [{ tone: "good", text }];
}

function cannotBeRead(failing: number, all: number, noun: "workgroup" | "account"): Statement {
  return {
    tone: "bad",
    text: `${countText(failing)} of ${plural(all, noun)} cannot be read.`,
    fragment: `${noun}s`,
  };
}

function whatToDo({ workgroups, failing, waiting }: Totals, sessions: number): readonly Statement[] {
  if (sessions > 0) {
    return [{ tone: "warn", text: `${plural(sessions, "session")} to act on.`, fragment: "sessions" }];
  }
  return workgroups > failing + waiting ? [{ tone: "good", text: "No session to act on." }] : [];
}
