import type { Config } from "../config/config.ts";
import { demoAccounts } from "../simulator/demo-fleet.ts";
import { startSimulator } from "../simulator/simulator.ts";
import { run } from "../app/daemon.ts";
import type { ExitCode, Host } from "../app/host.ts";

/** Calls a second: nobody else shares the simulator's quota. */
const RATE_LIMIT = 50;
/** Whatever the user's own environment says of AWS has no say in the demo. */
const FOREIGN_VARIABLE = /^AWS_/;
const SDK_SETTINGS = {
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** The daemon against a simulated Athena, whose sessions start, idle, degrade, fail and end within a minute. */
export async function demo(config: Config, host: Host): Promise<ExitCode> {
  const { environment, clock } = host;
  const demoConfig = { ...config, poll: { ...config.poll, rateLimit: RATE_LIMIT } };
  const simulator = await startSimulator({ clock, accounts: demoAccounts(clock.wallMs()) });
  for (const name of Object.keys(environment)) if (FOREIGN_VARIABLE.test(name)) delete environment[name];
  Object.assign(environment, simulator.environment, SDK_SETTINGS);
  try {
    return await run(demoConfig, host, {
      readConfig: async () => ({ config: demoConfig }),
      ready: ([url = ""]) => host.print(welcome(url, config.web.telemetryPath, simulator.environment)),
    });
  } finally {
    await simulator.close();
  }
}

function welcome(url: string, telemetryPath: string, environment: Readonly<Record<string, string>>): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return `
A demo of athena-session-exporter: a simulated Athena, no AWS, no credentials.

  ${url}/            the page for people
  curl ${url}${telemetryPath}   what Prometheus scrapes

Put the next line before an \`aws athena list-sessions --work-group etl-nightly\`, \`start-session\` or
\`terminate-session\` of your own, and watch the numbers follow:

${variables.join(" ")}

(The AWS CLI 1 and boto3 want AWS_DEFAULT_REGION=${environment["AWS_REGION"]} as well.) Ctrl-C ends it.
`;
}
