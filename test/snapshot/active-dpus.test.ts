import { expect, test } from "vitest";
import { activeDpus } from "../../src/snapshot/active-dpus.ts";
import { sessionRow } from "../metrics/views.ts";

const PYSPARK = "PySpark engine version 3";
const SPARK_35 = "Apache Spark version 3.5";
const withoutDetails = { maxDpus: undefined } as const;

test("each session counts as its coordinator, against the quota of its own engine", () => {
  const rows = [
    sessionRow({ ...withoutDetails, engineVersion: PYSPARK, state: "BUSY" }),
    sessionRow({ ...withoutDetails, engineVersion: PYSPARK, state: "IDLE" }),
    sessionRow({ ...withoutDetails, engineVersion: SPARK_35, state: "DEGRADED" }),
  ];
  expect(activeDpus(rows, "")).toEqual(
    new Map([
      ["Apache Spark DPU concurrency", 2],
      ["On-Demand DPUs", 1],
    ]),
  );
});

test("with details, a BUSY session counts as many DPUs as it may use, and any other as its coordinator", () => {
  const rows = (["BUSY", "IDLE"] as const).map((state) =>
    sessionRow({ engineVersion: PYSPARK, state, maxDpus: 20 }),
  );
  expect(activeDpus(rows, "")).toEqual(new Map([["Apache Spark DPU concurrency", 21]]));
});

test("a session without engine has its workgroup's, and one of an unknown engine counts against no quota", () => {
  const rows = [sessionRow({ ...withoutDetails, engineVersion: "" })];
  expect(activeDpus(rows, SPARK_35)).toEqual(new Map([["On-Demand DPUs", 1]]));
  expect(activeDpus(rows, "")).toEqual(new Map());
});
