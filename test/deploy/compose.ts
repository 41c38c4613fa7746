import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";

/** The repository's deploy folder, to which the paths of deploy/compose.yaml are relative. */
export const DEPLOY = new URL("../../deploy/", import.meta.url);

/** A service of a compose file, as far as the tests read it. */
export interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly volumes?: readonly string[];
  readonly ports: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

/** A compose file, as far as the tests read it. */
export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

/** A mount of a service: a file, folder or volume, and its path in the container. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
}

/** Reads a YAML file of the deploy folder; throws if it has an error or a warning. */
export function readYaml(path: string): unknown {
  const document = parseDocument(readFileSync(new URL(path, DEPLOY), "utf8"), { merge: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw problem;
  return document.toJS();
}

/** The mounts of a service. */
export function mountsOf({ volumes = [] }: Service): readonly Mount[] {
  return volumes.map((volume) => {
    const [source = "", target = "", mode] = volume.split(":");
    return { source, target, isReadOnly: mode === "ro" };
  });
}

/** Replaces `${NAME:-default}` by the variable NAME or the default. */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$\{(\w+):-([^}]*)\}/g,
    (_match, name: string, fallback: string) => variables[name] ?? fallback,
  );
}
