/** What a dashboard is known by. Alerts and the exporter's page link to the uids: they are promises. */
export interface Identity {
  readonly uid: string;
  readonly title: string;
}

export const FLEET: Identity = { uid: "athena-sessions-fleet", title: "Athena sessions / Fleet" };
export const WORKGROUP: Identity = { uid: "athena-sessions-workgroup", title: "Athena sessions / Workgroup" };
export const HEALTH: Identity = {
  uid: "athena-session-exporter-health",
  title: "Athena session exporter / Health",
};
