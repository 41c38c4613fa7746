import { describe, expect, test } from "vitest";
import { hasTools } from "../tools.ts";
import { type KubernetesObject, render, workloadOf } from "./chart.ts";

const withShards = (shards: number): Promise<readonly KubernetesObject[]> =>
  render("defaults", [`--set=shards=${shards}`]);
const serviceOf = (objects: readonly KubernetesObject[]) => objects.find(({ kind }) => kind === "Service");

describe.skipIf(!hasTools).each([
  [1, 3],
  [3, 5],
  [5, 3],
  [3, 1],
])("an upgrade from %d to %d shards", (before, after) => {
  test("creates a complete set of shards beside the former one", async () => {
    const [former, next] = [workloadOf(await withShards(before)), workloadOf(await withShards(after))];
    expect(`${next.kind}/${next.metadata.name}`).not.toBe(`${former.kind}/${former.metadata.name}`);
    expect(next.spec.replicas).toBe(after);
    expect(next.spec.selector.matchLabels).not.toEqual(former.spec.selector.matchLabels);
    if (after > 1) expect(next.spec).toHaveProperty("podManagementPolicy", "Parallel");
  });

  test("changes nothing of the service, whose selector matches the pods of both", async () => {
    const [former, next] = [await withShards(before), await withShards(after)];
    expect(serviceOf(next)).toEqual(serviceOf(former));
    const selector = serviceOf(next)?.spec?.["selector"];
    for (const objects of [former, next]) {
      expect(workloadOf(objects).spec.template.metadata.labels).toMatchObject(selector as object);
    }
  });
});

describe.skipIf(!hasTools)("names", () => {
  test("leave room for what Kubernetes adds", async () => {
    const objects = await render("defaults", [
      "--set=shards=1000",
      `--set=fullnameOverride=${"x".repeat(60)}`,
    ]);
    // A StatefulSet's pods have a label of its name, a hyphen and a hash of 10 characters.
    expect(workloadOf(objects).metadata.name.length + 11).toBeLessThanOrEqual(63);
  });

  test("of pods do not depend on the chart's version, so that counters survive an upgrade of the chart alone", async () => {
    const { metadata } = workloadOf(await render("defaults")).spec.template;
    expect(Object.keys(metadata.labels ?? {}).toSorted()).toEqual([
      "app.kubernetes.io/instance",
      "app.kubernetes.io/name",
      "shards",
    ]);
  });
});
