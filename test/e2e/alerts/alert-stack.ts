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
  /** Scrape targets of Prometheus; the exporter is behind the first. */
  readonly targets: readonly [ScrapeTarget, ScrapeTarget, ...ScrapeTarget[]];
  readonly prometheus: Prometheus;
  readonly webhook: Webhook;
  /** Starts another exporter that polls the same simulator, and waits until it is ready. */
  readonly startAnother: () => Promise<Exporter>;
  /** Starts another exporter with flags, and waits until it listens. */
  readonly startWith: (flags: readonly string[]) => Promise<Exporter>;
}

/** Starts everything, with workgroups that raise no alert yet, and with two scrape targets and more of them. */
export async function startAlertStack(
  workgroups: readonly WorkgroupOptions[],
  moreTargets = 0,
): Promise<AlertStack> {
  const simulator = await startTestSimulator({}, workgroups);
  const environment = { ...simulator.environment, ATHENA_EXPORTER_CONFIG_CONTENT: JSON.stringify(CONFIG) };
  const startWith = async (flags: readonly string[]) => startExporter(flags, { environment });
  const startAnother = async () => (await startWith([])).untilReady();
  const [exporter, webhook, first, second] = await Promise.all([
    startAnother(),
    startWebhook(),
    startScrapeTarget(),
    startScrapeTarget(),
  ]);
  const more = await Promise.all(Array.from({ length: moreTargets }, startScrapeTarget));
  const targets = [first, second, ...more] as const;
  first.setExporter(exporter);
  const alertmanager = await startAlertmanager(await acceleratedAlertmanagerConfig(webhook.url));
  const prometheus = await startPrometheus(
    { "athena-sessions": targets.map(({ url }) => url) },
    alertmanager.url,
  );
  // The first scrape takes some seconds, which the accelerated rules would take for minutes without an exporter.
  await until("the first scrape", async () => (await prometheus.query("athena_workgroup_up")).length > 0);
  await prometheus.load(await acceleratedRules());
  return { simulator, exporter, targets, prometheus, webhook, startAnother, startWith };
}
