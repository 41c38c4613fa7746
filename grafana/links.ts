import { type DashboardLink, DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import { FLEET, HEALTH, type DashboardIdentity, WORKGROUP } from "./identity.ts";

const TIME = "${__url_time_range}";
const DATA_SOURCE = "${datasource:queryparam}";

/** Links to the other dashboards that keep the time range and all variables. */
export function linksToOtherDashboards(here: DashboardIdentity): readonly DashboardLink[] {
  return [FLEET, WORKGROUP, HEALTH]
    .filter(({ uid }) => uid !== here.uid)
    .map(({ uid, title }) => ({
      ...plainLink(title, `/d/${uid}`),
      icon: "dashboard",
      includeVars: true,
      keepTime: true,
    }));
}

/** Link from a table row to the dashboard of its workgroup. */
export const ROW_TO_WORKGROUP = toWorkgroup((label) => `\${__data.fields.${label}}`);
/** Link from a table row to the dashboard of all workgroups of its account and region. */
export const ROW_TO_REGION = toRegion((label) => `\${__data.fields.${label}}`);
/** Link from a table row to its workgroup in the AWS console, in the partition `aws`. */
export const ROW_TO_AWS_CONSOLE: DashboardLink = {
  ...plainLink(
    "Workgroup in the AWS console",
    "https://${__data.fields.aws_region}.console.aws.amazon.com/athena/home?region=${__data.fields.aws_region}" +
      "#/workgroups/details/${__data.fields.workgroup}",
  ),
  targetBlank: true,
};
/** Link from a table row to the status page of its exporter, at the address that Prometheus scrapes. */
export const ROW_TO_STATUS_PAGE: DashboardLink = {
  ...plainLink("Status page of the exporter", "http://${__data.fields.instance}/"),
  targetBlank: true,
};
/** Link from a panel to the Health dashboard. */
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
