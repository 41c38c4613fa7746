import { describe, expect, test } from "vitest";
import { hasTools } from "../tools.ts";
import { type Container, type PodSpec, render, VALUE_SETS, workloadOf } from "./chart.ts";

const FORBIDDEN = ["hostNetwork", "hostPID", "hostIPC"];

/** What the Pod Security Standard "restricted" forbids in a pod, of the fields that the chart can render. */
function violations(pod: PodSpec): readonly string[] {
  const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext ?? {};
  const { type = "" } = (seccompProfile ?? {}) as { readonly type?: string };
  return [
    ...FORBIDDEN.filter((name) => name in pod),
    ...(runAsNonRoot === true ? [] : ["runAsNonRoot"]),
    ...(runAsUser === 0 ? ["runAsUser"] : []),
    ...(type === "RuntimeDefault" ? [] : ["seccompProfile"]),
    ...(pod.volumes ?? [])
      .filter(({ configMap, secret }) => (configMap ?? secret) === undefined)
      .map(({ name }) => name),
    ...[...pod.containers, ...(pod.initContainers ?? [])].flatMap(violationsOfContainer),
  ];
}

function violationsOfContainer({ name, securityContext = {} }: Container): readonly string[] {
  const { allowPrivilegeEscalation, capabilities } = securityContext;
  return [
    ...(allowPrivilegeEscalation === false ? [] : [`${name}: allowPrivilegeEscalation`]),
    ...(JSON.stringify(capabilities) === '{"drop":["ALL"]}' ? [] : [`${name}: capabilities`]),
  ];
}

describe.skipIf(!hasTools).each(VALUE_SETS)("the pod of the values %s", (name) => {
  test('passes the Pod Security Standard "restricted"', async () => {
    const { spec } = workloadOf(await render(name)).spec.template;
    expect(violations(spec)).toEqual([]);
    expect(spec.containers.length).toBeGreaterThan(0);
  });
});
