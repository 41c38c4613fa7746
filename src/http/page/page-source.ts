import type { AccountView, WorkgroupView } from "../../snapshot/view.ts";

/** What the page for people shows. */
export interface PageData {
  readonly version: string;
  readonly telemetryPath: string;
  /** Without a slash at its end; absent where there shall be no links to dashboards. */
  readonly grafanaUrl?: string;
  readonly accounts: readonly AccountView[];
  readonly workgroups: readonly WorkgroupView[];
}

/** Asked at every request of the page. */
export type PageSource = () => PageData;
