/** The uid and title of a dashboard. Alerts and the status page link to the uids, so they must not change. */
export interface DashboardIdentity {
  readonly uid: string;
  readonly title: string;
}

export const FLEET: DashboardIdentity = { uid: "athena-sessions-fleet", title: "Athena sessions / Fleet" };
export const WORKGROUP: DashboardIdentity = {
  uid: "athena-sessions-workgroup",
  title: "Athena sessions / Workgroup",
};
export const HEALTH: DashboardIdentity = {
  uid: "athena-session-exporter-health",
  title: "Athena session exporter / Health",
};
