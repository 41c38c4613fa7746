import { expect, test } from "vitest";
import { DOCUMENTS, fencedCode, readDocument } from "../../docs/markdown.ts";
import { startPrometheus } from "../prometheus.ts";

test("Prometheus accepts every PromQL expression in the documentation", async () => {
  const prometheus = await startPrometheus({});
  const expressions = DOCUMENTS.flatMap((document) => fencedCode(readDocument(document), "promql"));
  expect(expressions.length).toBeGreaterThan(20);
  for (const expression of expressions) await prometheus.query(expression);
});
