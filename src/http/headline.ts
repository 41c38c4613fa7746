import { html, type Html } from "./html.ts";
import type { Overview } from "./overview.ts";
import { countText, plural, type Tone } from "./page-table.ts";
import type { Totals } from "./totals.ts";

interface Statement {
  readonly tone: Tone;
  readonly text: string;
}

/** How things are, in a sentence or two: first whether they can be seen, then what there is to do. */
export function headline({ totals, sessions }: Pick<Overview, "totals" | "sessions">): Html {
  const seen = whatIsSeen(totals);
  const text = [seen.text, whatToDo(totals, sessions.count)].filter(Boolean).join(" ");
  const tone = seen.tone === "good" && sessions.count > 0 ? "warn" : seen.tone;
  return html`<p class="headline ${tone}">${text}</p>`;
}

function whatIsSeen({ workgroups, failing, waiting, accounts, failingAccounts }: Totals): Statement {
  const missing = "What is below is old or missing.";
  if (accounts > 0 && failingAccounts === accounts) {
    const who = accounts === 1 ? "The account cannot be read." : "No account can be read.";
    return { tone: "bad", text: `${who} ${missing}` };
  }
  if (workgroups === 0) return { tone: "wait", text: "There is no workgroup to show." };
  if (failing === workgroups) return { tone: "bad", text: `No workgroup can be read. ${missing}` };
  const troubles = [
    failing > 0 ? `${countText(failing)} of ${plural(workgroups, "workgroup")} cannot be read.` : "",
    failingAccounts > 0
      ? `${countText(failingAccounts)} of ${plural(accounts, "account")} cannot be read.`
      : "",
  ].filter(Boolean);
  if (troubles.length > 0) return { tone: "bad", text: troubles.join(" ") };
  if (waiting > 0) {
    return {
      tone: "wait",
      text: `${countText(waiting)} of ${plural(workgroups, "workgroup")} not read yet.`,
    };
  }
  const text =
    workgroups === 1 ? "The workgroup is read." : `All ${countText(workgroups)} workgroups are read.`;
  return { tone: "good", text };
}

function whatToDo({ workgroups, failing, waiting }: Totals, sessions: number): string {
  if (sessions > 0) return `${plural(sessions, "session")} to act on.`;
  return workgroups > failing + waiting ? "No session to act on." : "";
}
