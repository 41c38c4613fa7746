import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { DOCUMENTS, fencedCode, readDocument, ROOT } from "../../docs/markdown.ts";
import { runProgram } from "../program.ts";
import { startPrometheus } from "../prometheus.ts";

const KUBECTL_APPLY = " | kubectl apply -f -\n";

test("Prometheus accepts every PromQL expression in the documentation", async () => {
  const prometheus = await startPrometheus({});
  const expressions = DOCUMENTS.flatMap((document) => fencedCode(readDocument(document), "promql"));
  expect(expressions.length).toBeGreaterThan(20);
  for (const expression of expressions) await prometheus.query(expression);
});

test("the command for the Prometheus operator creates a PrometheusRule with all rules", async () => {
  const blocks = fencedCode(readDocument("docs/alerts.md"), "sh");
  const command = blocks.find((block) => block.endsWith(KUBECTL_APPLY)) ?? "";
  const { stdout } = await runProgram("sh", ["-c", command.replace(KUBECTL_APPLY, "")], {
    environment: { PATH: process.env["PATH"] ?? "" },
    cwd: fileURLToPath(ROOT),
  });
  expect(parse(stdout)).toEqual({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "athena-session-exporter" },
    spec: parse(readDocument("deploy/prometheus/athena-session-exporter.rules.yaml")) as unknown,
  });
});
