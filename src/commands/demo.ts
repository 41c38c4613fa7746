import type { Config } from "../config/config.ts";
import { demoAccounts } from "../simulator/demo-fleet.ts";
import { startSimulator } from "../simulator/simulator.ts";
import { runDaemon } from "../app/daemon.ts";
import type { ExitCode, Host } from "../app/host.ts";

/** Requests a second; the simulator's quota is the demo's alone. */
const RATE_LIMIT = 50;
/** Events show up within seconds, as sessions are short-lived. */
const OWNERS = {
  startedBy: "session-name",
  delayMs: 6_000,
  minRetryMs: 5_000,
  requestIntervalMs: 2_000,
} as const;
/** As AWS raises them for an account that uses Spark. */
const QUOTAS = { "Apache Spark DPU concurrency": 160, "On-Demand DPUs": 32 };
/** The user's own settings of AWS and proxies would lead elsewhere. */
const FOREIGN_VARIABLE = /^AWS_|^(https?|all)_proxy$/i;
const SDK_SETTINGS = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** The daemon against a simulated Athena, whose sessions start, idle, degrade, fail and end within a minute. */
export async function demo(config: Config, host: Host): Promise<ExitCode> {
  const { environment, clock } = host;
  const demoConfig = {
    ...config,
    poll: { ...config.poll, rateLimit: RATE_LIMIT },
    sessions: { ...config.sessions, owners: OWNERS },
    quotas: true,
  };
  const simulator = await startSimulator({
    clock,
    accounts: demoAccounts(clock.wallMs()),
    settings: { eventDelayMs: OWNERS.delayMs, appliedQuotas: QUOTAS },
  });
  for (const name of Object.keys(environment)) if (FOREIGN_VARIABLE.test(name)) delete environment[name];
  Object.assign(environment, simulator.environment, SDK_SETTINGS);
  try {
    return await runDaemon(demoConfig, host, {
      readConfig: async () => ({ config: demoConfig }),
      ready: ([url = ""]) =>
        host.print(welcome(url + config.web.routePrefix, config.web.telemetryPath, simulator.environment)),
    });
  } finally {
    await simulator.close();
  }
}

function welcome(url: string, telemetryPath: string, environment: Readonly<Record<string, string>>): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return `
A demo of athena-session-exporter: a simulated Athena, no AWS, no credentials.

  ${url}/            the status page
  curl ${url}${telemetryPath}   what Prometheus scrapes

Put the next line before an \`aws athena list-sessions --work-group etl-nightly\`, \`start-session\` or
\`terminate-session\` of your own, and watch the numbers follow:

${variables.join(" ")}

(The AWS CLI 1 and boto3 want AWS_DEFAULT_REGION=${environment["AWS_REGION"]} as well.) Ctrl-C ends it.
`;
}
