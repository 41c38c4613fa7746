import { expect, test } from "vitest";
import { configOf, problemsOf } from "./loading.ts";

// The file of --web.config.file itself is tested in test/http/access.

test("--web.config.file is part of the configuration: its errors come with those of other flags", async () => {
  const problems = await problemsOf({
    argv: ["--web.config.file=missing.yaml", "--shard.ordinal=3"],
  });
  expect(problems).toEqual([
    expect.stringContaining("--shard.ordinal"),
    "missing.yaml: cannot be read: there is no such file; see --web.config.file",
  ]);
});

test("commands that do not serve ignore the variables of those that do", async () => {
  const env = { ATHENA_EXPORTER_WEB_CONFIG_FILE: "missing.yaml" };
  expect(await problemsOf({ argv: ["once"], env })).toEqual([]);
  expect(await problemsOf({ env })).toHaveLength(1);
});

test("the flags of --web.systemd-socket, --web.open-probes and a Unix socket are read", async () => {
  const argv = ["--web.systemd-socket", "--web.open-probes", "--web.listen-address=unix:///run/x.sock"];
  const { web } = await configOf({ argv });
  expect(web).toMatchObject({
    usesSystemdSocket: true,
    hasOpenProbes: true,
    listenAddresses: [{ path: "/run/x.sock" }],
  });
});
