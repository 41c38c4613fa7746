import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { negotiateFormat } from "../../src/http/negotiation.ts";

describe("the format for", () => {
  test.each([
    ["no Accept header", undefined, "text"],
    ["an empty Accept header", "", "text"],
    ["curl", "*/*", "text"],
    ["a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text"],
    [
      "Prometheus 2.42",
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics",
    ],
    [
      "Prometheus 2.42 with native histograms",
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics",
    ],
    [
      "Prometheus 3",
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      "openmetrics",
    ],
    [
      "Prometheus 3 that prefers protobuf",
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=underscores;q=0.7,application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.2",
      "openmetrics",
    ],
    [
      "Prometheus 3 with PrometheusText0.0.4 only",
      "text/plain;version=0.0.4;escaping=allow-utf-8;q=0.4,*/*;q=0.2",
      "text",
    ],
    ["a preference for text", "application/openmetrics-text;q=0.4,text/plain;version=0.0.4;q=0.5", "text"],
    ["OpenMetrics without a version", "application/openmetrics-text", "openmetrics"],
    ["OpenMetrics of an unsupported version", "application/openmetrics-text;version=0.0.1", "text"],
    ["OpenMetrics with quality 0", "application/openmetrics-text;q=0,*/*;q=0", "text"],
    ["equal qualities, text first", "text/plain,application/openmetrics-text", "text"],
    ["equal qualities, OpenMetrics first", "application/openmetrics-text,text/plain", "openmetrics"],
    [
      "text/plain with a lower quality than */*",
      "text/plain;q=0.2,application/openmetrics-text;q=0.5,*/*;q=0.9",
      "openmetrics",
    ],
    [
      "capitals, spaces and quotes",
      ' Application/OpenMetrics-Text ; Version="1.0.0" ; Q=0.9 , text/plain ; q=0.1',
      "openmetrics",
    ],
    ["an unsupported type", "application/json", "text"],
  ])("%s", (_client, accept, wanted) => {
    expect(negotiateFormat(accept)).toBe(wanted);
  });
});

test("every Accept header is accepted", () => {
  const words = fc.constantFrom(
    "*/*",
    "text/plain",
    "application/openmetrics-text",
    ";",
    ",",
    "q=",
    "0.5",
    "=",
    " ",
    '"',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(words).map((parts) => parts.join("")),
      ),
      (header) => {
        expect(["text", "openmetrics"]).toContain(negotiateFormat(header));
      },
    ),
  );
});
