import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { DOCUMENTS, fencedCode, readDocument, ROOT } from "../../docs/markdown.ts";
import { runProgram } from "../program.ts";
import { startPrometheus } from "../prometheus.ts";

const TO_KUBERNETES = " | kubectl apply -f -\n";

test("Prometheus understands every expression of the documents", async () => {
  const prometheus = await startPrometheus({});
  const expressions = DOCUMENTS.flatMap((document) => fencedCode(readDocument(document), "promql"));
  expect(expressions.length).toBeGreaterThan(20);
  for (const expression of expressions) await prometheus.query(expression);
});

test("the command for the Prometheus operator makes one object of all rules", async () => {
  const blocks = fencedCode(readDocument("docs/alerts.md"), "sh");
  const command = blocks.find((block) => block.endsWith(TO_KUBERNETES)) ?? "";
  const { stdout } = await runProgram("sh", ["-c", command.replace(TO_KUBERNETES, "")], {
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
