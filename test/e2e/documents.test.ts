import { expect, test } from "vitest";
import { DOCUMENTS, fencedCode, readDocument } from "../docs/markdown.ts";
import { startPrometheus } from "./prometheus.ts";

test("Prometheus understands every expression of the documents", async () => {
  const prometheus = await startPrometheus({});
  const expressions = DOCUMENTS.flatMap((document) => fencedCode(readDocument(document), "promql"));
  expect(expressions.length).toBeGreaterThan(20);
  for (const expression of expressions) await prometheus.query(expression);
});
