import { expect, test } from "vitest";
import { panelsOf, readDashboards } from "../grafana/dashboard-files.ts";
import { ALERTS } from "./alerts.ts";
import { DOCUMENTS, fencedCode, readDocument } from "./markdown.ts";

const HEADINGS = ["What it means", "What to look at", "What ends it", "How to tune or silence it"];
/** The beginning of a runbook's first sentence, by the severity of the alert. */
const OPENINGS: Readonly<Record<string, string>> = {
  critical: "Critical, on ",
  warning: "A warning, on ",
  info: "Information, on ",
};

const runbooks = DOCUMENTS.filter((document) => document.startsWith("docs/runbooks/"));

/** The titles of all panels, by the title of their dashboard. */
const panels = new Map(
  readDashboards().map((dashboard) => [dashboard.title, panelsOf(dashboard).map(({ title }) => title)]),
);

test("every alert has a runbook and every runbook has an alert", () => {
  expect(runbooks.toSorted()).toEqual(ALERTS.map(({ alert }) => `docs/runbooks/${alert}.md`).toSorted());
});

test.each(ALERTS)("the runbook of $alert has the severity and every section", ({ alert, severity }) => {
  const text = readDocument(`docs/runbooks/${alert}.md`);
  expect(text).toMatch(new RegExp(`^# ${alert}\n\n${OPENINGS[severity]}`));
  expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS);
});

test.each(ALERTS)("the runbook of $alert ends with a command that silences only that alert", ({ alert }) => {
  const silences = fencedCode(readDocument(`docs/runbooks/${alert}.md`), "sh").at(-1) ?? "";
  expect(silences).toMatch(new RegExp(`^amtool silence add .* alertname=${alert}( \\w+=[\\w-]+)*\n$`));
});

test.each(ALERTS)("docs/alerts.md lists $alert with its severity", ({ alert, severity }) => {
  const row = `| [${alert}](runbooks/${alert}.md) | ${severity} | `;
  expect(readDocument("docs/alerts.md").split(row)).toHaveLength(2);
});

test.each(runbooks)("the dashboards have the panels that %s names", (document) => {
  const named = readDocument(document).matchAll(/\*(Athena [^*]+)\*[,:] ((?:(?:, | and )?"[^"]+")+)/g);
  const missing = [...named].flatMap(([, dashboard = "", titles = ""]) => {
    const known = panels.get(dashboard.replaceAll(/\s+/g, " "));
    return [...titles.matchAll(/"([^"]+)"/g)].filter(([, title = ""]) => !known?.includes(title));
  });
  expect(missing).toEqual([]);
});
