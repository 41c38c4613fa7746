import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptsGzip, negotiateFormat } from "../../src/http/negotiation.ts";

describe("the format", () => {
  test.each([
    ["no header", undefined, "text"],
    ["an empty header", "", "text"],
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
      "Prometheus 3 that asks for protobuf first",
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=underscores;q=0.7,application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.2",
      "openmetrics",
    ],
    [
      "Prometheus 3 with PrometheusText0.0.4 only",
      "text/plain;version=0.0.4;escaping=allow-utf-8;q=0.4,*/*;q=0.2",
      "text",
    ],
    ["text preferred", "application/openmetrics-text;q=0.4,text/plain;version=0.0.4;q=0.5", "text"],
    ["OpenMetrics of no version", "application/openmetrics-text", "openmetrics"],
    ["OpenMetrics of a version that is not spoken", "application/openmetrics-text;version=0.0.1", "text"],
    ["OpenMetrics refused", "application/openmetrics-text;q=0,*/*;q=0", "text"],
    ["equal wishes, text first", "text/plain,application/openmetrics-text", "text"],
    ["equal wishes, OpenMetrics first", "application/openmetrics-text,text/plain", "openmetrics"],
    [
      "a wish for text below that for anything",
      "text/plain;q=0.2,application/openmetrics-text;q=0.5,*/*;q=0.9",
      "openmetrics",
    ],
    [
      "capitals, spaces and quotes",
      ' Application/OpenMetrics-Text ; Version="1.0.0" ; Q=0.9 , text/plain ; q=0.1',
      "openmetrics",
    ],
    ["a type that nobody has", "application/json", "text"],
  ])("%s", (_who, accept, wanted) => {
    expect(negotiateFormat(accept)).toBe(wanted);
  });
});

describe("gzip", () => {
  test.each([
    [undefined, false],
    ["", false],
    ["identity", false],
    ["gzip", true],
    ["x-gzip", true],
    ["gzip, deflate, br", true],
    ["deflate, gzip;q=1.0, *;q=0.5", true],
    ["gzip;q=0", false],
    ["gzip;q=0, *", false],
    ["*", true],
    ["*;q=0", false],
    ["identity;q=1, gzip;q=0.5", false],
    ["GZIP;Q=0.5", true],
    ["gzip;q=much", false],
  ])("%s", (acceptEncoding, wanted) => {
    expect(acceptsGzip(acceptEncoding)).toBe(wanted);
  });
});

test("any header is answered", () => {
  const words = fc.constantFrom(
    "gzip",
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
        expect(typeof acceptsGzip(header)).toBe("boolean");
      },
    ),
  );
});
