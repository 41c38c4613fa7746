import type { Simulator } from "../../../src/simulator/simulator.ts";
import type { WorkgroupOptions } from "../../../src/simulator/workgroup.ts";
import { startAlertmanager } from "../alertmanager.ts";
import { type Exporter, startExporter } from "../exporter.ts";
import { type Prometheus, startPrometheus } from "../prometheus.ts";
import { type ScrapeTarget, startScrapeTarget } from "./scrape-target.ts";
import { hurriedAlertmanager, hurriedRules } from "./time-lapse.ts";
import { until } from "../until.ts";
import { startWebhook, type Webhook } from "./webhook.ts";
import { REGION, startWorld } from "../world.ts";

/** Sixty times as fast as the defaults; see time-lapse.ts. */
const CONFIG = {
  poll: { interval: "1s", rate_limit: 1000, stale_after: "5s" },
  accounts: [{ regions: [REGION], discovery: { interval: "5s" } }],
};

/** From Athena to whoever is on call: simulator, exporter, Prometheus with the rules, Alertmanager, webhook. */
export interface AlertStack {
  readonly world: Simulator;
  readonly exporter: Exporter;
  /** Two addresses that Prometheus scrapes; the exporter is behind the first. */
  readonly targets: readonly [ScrapeTarget, ScrapeTarget];
  readonly prometheus: Prometheus;
  readonly webhook: Webhook;
  /** Another exporter of the same world. */
  readonly startAnother: () => Promise<Exporter>;
}

/** Starts it all; nothing is wrong in it yet. */
export async function startAlertStack(workgroups: readonly WorkgroupOptions[]): Promise<AlertStack> {
  const world = await startWorld({}, workgroups);
  const environment = { ...world.environment, ATHENA_EXPORTER_CONFIG_CONTENT: JSON.stringify(CONFIG) };
  const startAnother = async () => (await startExporter([], { environment })).untilReady();
  const [exporter, webhook, first, second] = await Promise.all([
    startAnother(),
    startWebhook(),
    startScrapeTarget(),
    startScrapeTarget(),
  ]);
  first.is(exporter);
  const alertmanager = await startAlertmanager(await hurriedAlertmanager(webhook.url));
  const prometheus = await startPrometheus({ "athena-sessions": [first.url, second.url] }, alertmanager.url);
  // Service discovery takes some seconds, which would be as many minutes without an exporter.
  await until("the first scrape", async () => (await prometheus.query("athena_workgroup_up")).length > 0);
  await prometheus.load(await hurriedRules());
  return { world, exporter, targets: [first, second], prometheus, webhook, startAnother };
}
