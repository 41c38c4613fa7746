import { readFileSync } from "node:fs";

const packageJson = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly homepage: string;
};

/** Where the project is: the links to its runbooks follow from it. */
const HOME = packageJson.homepage.replace(/#.*$/, "");

/** Where the runbooks of the alerts are, each as `/ALERT.md`. */
export const RUNBOOKS_URL = `${HOME}/blob/main/docs/runbooks`;

/** The uids of the dashboards: alerts and the status page link to them, so they must not change. */
export const DASHBOARDS = {
  fleet: "athena-sessions-fleet",
  workgroup: "athena-sessions-workgroup",
  health: "athena-session-exporter-health",
} as const;
