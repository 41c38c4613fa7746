import type { Simulator } from "../../../src/simulator/simulator.ts";
import type { WorkgroupOptions } from "../../../src/simulator/workgroup.ts";
import { startAlertmanager } from "../alertmanager.ts";
import { type Exporter, startExporter } from "../exporter.ts";
import { type Prometheus, startPrometheus } from "../prometheus.ts";
import { type ScrapeTarget, startScrapeTarget } from "./scrape-target.ts";
import { acceleratedAlertmanagerConfig, acceleratedRules } from "./accelerated-config.ts";
import { until } from "../until.ts";
import { startWebhook, type Webhook } from "./webhook.ts";
import { REGION, startTestSimulator } from "../test-simulator.ts";

/** Sixty times as fast as the defaults; see accelerated-config.ts. */
const CONFIG = {
  poll: { interval: "1s", rate_limit: 1000, stale_after: "5s" },
  thresholds: { degraded: "5s" },
  accounts: [{ regions: [REGION], discovery: { interval: "5s" } }],
};

/** The way of an alert: simulator, exporter, Prometheus with the rules, Alertmanager, and a webhook that is notified. */
export interface AlertStack {
  readonly simulator: Simulator;
  readonly exporter: Exporter;
  /** Two scrape targets of Prometheus; the exporter is behind the first. */
  readonly targets: readonly [ScrapeTarget, ScrapeTarget];
  readonly prometheus: Prometheus;
  readonly webhook: Webhook;
  /** Starts another exporter that polls the same simulator. */
  readonly startAnother: () => Promise<Exporter>;
}

/** Starts everything, with workgroups that raise no alert yet. */
export async function startAlertStack(workgroups: readonly WorkgroupOptions[]): Promise<AlertStack> {
  const simulator = await startTestSimulator({}, workgroups);
  const environment = { ...simulator.environment, ATHENA_EXPORTER_CONFIG_CONTENT: JSON.stringify(CONFIG) };
  const startAnother = async () => (await startExporter([], { environment })).untilReady();
  const [exporter, webhook, first, second] = await Promise.all([
    startAnother(),
    startWebhook(),
    startScrapeTarget(),
    startScrapeTarget(),
  ]);
  first.setExporter(exporter);
  const alertmanager = await startAlertmanager(await acceleratedAlertmanagerConfig(webhook.url));
  const prometheus = await startPrometheus({ "athena-sessions": [first.url, second.url] }, alertmanager.url);
  // The first scrape takes some seconds, which the accelerated rules would take for minutes without an exporter.
  await until("the first scrape", async () => (await prometheus.query("athena_workgroup_up")).length > 0);
  await prometheus.load(await acceleratedRules());
  return { simulator, exporter, targets: [first, second], prometheus, webhook, startAnother };
}
