import { DASHBOARDS } from "../src/project.ts";

/** The uid and title of a dashboard. */
export interface DashboardIdentity {
  readonly uid: string;
  readonly title: string;
}

export const FLEET: DashboardIdentity = { uid: DASHBOARDS.fleet, title: "Athena sessions / Fleet" };
export const WORKGROUP: DashboardIdentity = {
  uid: DASHBOARDS.workgroup,
  title: "Athena sessions / Workgroup",
};
export const HEALTH: DashboardIdentity = {
  uid: DASHBOARDS.health,
  title: "Athena session exporter / Health",
};
