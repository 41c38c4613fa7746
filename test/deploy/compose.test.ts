import { existsSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";
import { parseCommandLine } from "../../src/config/flags/command-line.ts";
import { DEPLOY, interpolate, mountsOf, readYaml, type Compose, type Service } from "./compose.ts";

const { services, volumes } = readYaml("compose.yaml") as Compose;
const each = Object.entries(services);

interface ScrapeConfig {
  readonly job_name: string;
  readonly static_configs: readonly { readonly targets: readonly string[] }[];
}
interface PrometheusConfig {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly ScrapeConfig[];
  readonly alerting: { readonly alertmanagers: readonly Pick<ScrapeConfig, "static_configs">[] };
}
interface DataSources {
  readonly datasources: readonly Readonly<Record<string, unknown>>[];
}
interface DashboardProviders {
  readonly providers: readonly { readonly options: { readonly path: string } }[];
}
const prometheus = readYaml("prometheus/prometheus.yaml") as PrometheusConfig;

const commandLine = (variables: Readonly<Record<string, string>>) => {
  const { command = [], environment = {} } = services["exporter"] ?? {};
  const set = Object.entries(environment).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return parseCommandLine(
    command.map((text) => interpolate(text, variables)),
    Object.fromEntries(set),
  );
};

/** The file or folder of the repository that is mounted at a path in a service; undefined if none is. */
function mountedAt(service: Service | undefined, path: string): string | undefined {
  const mounts = service === undefined ? [] : mountsOf(service);
  const found = mounts.find(({ target }) => path.startsWith(`${target}/`));
  return found === undefined ? undefined : posix.join(found.source, path.slice(found.target.length));
}

const exists = (path: string | undefined): boolean => path !== undefined && existsSync(new URL(path, DEPLOY));

test("the services are the exporter, Prometheus, Alertmanager and Grafana", () => {
  expect(Object.keys(services)).toEqual(["exporter", "prometheus", "alertmanager", "grafana"]);
});

test("the exporter runs the demo, or polls AWS with EXPORTER=run", () => {
  expect(commandLine({})).toMatchObject({ command: "demo", problems: [] });
  expect(commandLine({ EXPORTER: "run" })).toMatchObject({ command: "run", problems: [] });
});

test("the exporter is built from this repository", () => {
  const { context = "", dockerfile = "" } = services["exporter"]?.build ?? {};
  expect(new URL(`${context}/`, DEPLOY)).toEqual(new URL("../", DEPLOY));
  expect(exists(posix.join(context, dockerfile))).toBe(true);
});

test.each(each.filter(([name]) => name !== "exporter"))(
  "the image of %s is pinned by version and digest",
  (_name, { image }) => {
    expect(image).toMatch(/^[\w/.-]+:v?\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
  },
);

test.each(each)("the ports of %s are bound to 127.0.0.1", (_name, { ports }) => {
  expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:(\d+):\1$/)]);
});

test.each(each)(
  "%s can write to its volumes only, has no capabilities and a memory limit",
  (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      mem_limit: expect.stringMatching(/^\d+[mg]$/) as string,
    });
    const writable = mountsOf(service).filter(({ isReadOnly }) => !isReadOnly);
    expect(writable.filter(({ source }) => !(source in volumes))).toEqual([]);
  },
);

test.each(each)("the files that %s mounts exist", (_name, service) => {
  const files = mountsOf(service).filter(({ source }) => source.startsWith("."));
  expect(files.filter(({ source }) => !exists(source))).toEqual([]);
});

test.each(each)("the dependencies of %s have health checks", (_name, { depends_on = {} }) => {
  for (const [name, { condition }] of Object.entries(depends_on)) {
    expect(condition).toBe("service_healthy");
    expect(services[name]?.healthcheck).toBeDefined();
  }
});

test.each(each)("the configuration file of %s is mounted", (_name, service) => {
  const paths = (service.command ?? []).flatMap((flag) => /^--config\.file=(.*)$/.exec(flag)?.slice(1) ?? []);
  expect(paths.filter((path) => !exists(mountedAt(service, path)))).toEqual([]);
});

test("the targets of Prometheus are services of this file with their ports", () => {
  const targets = [...prometheus.scrape_configs, ...prometheus.alerting.alertmanagers]
    .flatMap(({ static_configs }) => static_configs)
    .flatMap(({ targets }) => targets);
  const reachable = each.flatMap(([name, { ports }]) => ports.map((port) => `${name}:${port.split(":")[2]}`));
  expect(reachable).toEqual(expect.arrayContaining(targets.filter((target) => target !== "localhost:9090")));
  expect(prometheus.scrape_configs.map(({ job_name }) => job_name)).toContain("athena-sessions");
});

test("Prometheus loads the rules", () => {
  expect(prometheus.rule_files).toEqual(["athena-session-exporter.rules.yaml"]);
  for (const path of prometheus.rule_files) {
    expect(exists(mountedAt(services["prometheus"], `/etc/prometheus/${path}`))).toBe(true);
  }
});

test("Grafana has Prometheus as its data source, and loads the dashboards", () => {
  const { datasources } = readYaml("grafana/datasources/prometheus.yaml") as DataSources;
  expect(datasources).toMatchObject([{ type: "prometheus", url: "http://prometheus:9090", isDefault: true }]);
  const { providers } = readYaml("grafana/dashboards/athena.yaml") as DashboardProviders;
  const { environment = {} } = services["grafana"] ?? {};
  const home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] ?? "";
  expect(providers.map(({ options }) => options.path)).toEqual([posix.dirname(home)]);
  expect(exists(mountedAt(services["grafana"], home))).toBe(true);
});
