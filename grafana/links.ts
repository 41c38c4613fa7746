import { type DashboardLink, DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import { FLEET, HEALTH, type Identity, WORKGROUP } from "./identity.ts";

const TIME = "${__url_time_range}";
const DATA_SOURCE = "${datasource:queryparam}";

/** The other dashboards, with the time range and all variables kept. */
export function linksFrom(here: Identity): readonly DashboardLink[] {
  return [FLEET, WORKGROUP, HEALTH]
    .filter(({ uid }) => uid !== here.uid)
    .map(({ uid, title }) => ({
      ...plainLink(title, `/d/${uid}`),
      icon: "dashboard",
      includeVars: true,
      keepTime: true,
    }));
}

/** From a row of a table to the dashboard of its workgroup. */
export const ROW_TO_WORKGROUP = toWorkgroup((label) => `\${__data.fields.${label}}`);
/** From a row of a table that is about all workgroups of an account's region. */
export const ROW_TO_REGION = toRegion((label) => `\${__data.fields.${label}}`);
/** From a series to the dashboard of its workgroup. */
export const SERIES_TO_WORKGROUP = toWorkgroup((label) => `\${__field.labels.${label}}`);
/** From a panel to where it is explained whether numbers can be trusted. */
export const TO_HEALTH = plainLink(HEALTH.title, `/d/${HEALTH.uid}?\${__all_variables}&${TIME}`);

function toWorkgroup(valueOf: (label: string) => string): DashboardLink {
  const { url = "", ...link } = toRegion(valueOf);
  return { ...link, url: `${url}&var-workgroup=${valueOf("workgroup")}` };
}

function toRegion(valueOf: (label: string) => string): DashboardLink {
  const place = `var-account=${valueOf("aws_account_id")}&var-region=${valueOf("aws_region")}`;
  return plainLink(WORKGROUP.title, `/d/${WORKGROUP.uid}?${TIME}&${DATA_SOURCE}&${place}`);
}

function plainLink(title: string, url: string): DashboardLink {
  return {
    title,
    url,
    type: DashboardLinkType.Link,
    icon: "",
    tooltip: "",
    tags: [],
    asDropdown: false,
    targetBlank: false,
    includeVars: false,
    keepTime: false,
  };
}
