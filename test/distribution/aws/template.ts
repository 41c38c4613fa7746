import { expect } from "vitest";
import { runPython } from "../tools.ts";

/** A CloudFormation template, with intrinsic functions in their long form. */
interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Type: string; readonly Default?: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, { readonly Condition?: string; readonly Properties: unknown }>>;
}

/** The values of a template's parameters, as one gives them to CloudFormation. */
export type Parameters = Readonly<Record<string, string>>;

const LOAD = `
import json, sys
from cfnlint.decode import cfn_yaml
print(json.dumps(cfn_yaml.load(sys.argv[1])))
`;

export const TEMPLATES = ["ecs-service", "exporter-role", "member-role", "member-role-stack-set"] as const;

export const templateFile = (name: string): string => `deploy/aws/cloudformation/${name}.yaml`;

/** The properties of the template's resources that exist with these parameters; Fn::GetAtt and variables of AWS stay as they are. */
export async function resolveTemplate(
  name: string,
  parameters: Parameters,
): Promise<Readonly<Record<string, unknown>>> {
  return new Resolver(await templateOf(name), parameters).resources();
}

export async function templateOf(name: string): Promise<Template> {
  const { status, stdout } = await runPython(["-c", LOAD, templateFile(name)]);
  expect(status).toBe(0);
  return JSON.parse(stdout) as Template;
}

/** Stands for a key or an item that is left out. */
const NO_VALUE = Symbol("AWS::NoValue");

class Resolver {
  readonly #template: Template;
  readonly #parameters: Parameters;

  constructor(template: Template, parameters: Parameters) {
    this.#template = template;
    this.#parameters = parameters;
  }

  resources(): Readonly<Record<string, unknown>> {
    const existing = Object.entries(this.#template.Resources).filter(
      ([, { Condition }]) => Condition === undefined || this.#holds(Condition),
    );
    return Object.fromEntries(existing.map(([name, { Properties }]) => [name, this.#resolve(Properties)]));
  }

  #holds(condition: string): boolean {
    return this.#resolve(this.#template.Conditions?.[condition]) === true;
  }

  #resolve(value: unknown): unknown {
    if (Array.isArray(value))
      return value.map((item) => this.#resolve(item)).filter((item) => item !== NO_VALUE);
    if (typeof value !== "object" || value === null) return value;
    const [[name, argument] = ["", undefined], ...others] = Object.entries(value) as [string, unknown][];
    if (others.length === 0 && name === "Ref") return this.#reference(String(argument));
    if (others.length === 0 && name.startsWith("Fn::")) return this.#call(name, argument);
    const entries = Object.entries(value).map(([key, item]) => [key, this.#resolve(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
  }

  #call(name: string, argument: unknown): unknown {
    const parts = argument as readonly unknown[];
    if (name === "Fn::If") return this.#resolve(parts[this.#holds(String(parts[0])) ? 1 : 2]);
    if (name === "Fn::Not") return this.#resolve(parts[0]) !== true;
    if (name === "Fn::Equals") return this.#resolve(parts[0]) === this.#resolve(parts[1]);
    if (name === "Fn::Join") return (this.#resolve(parts[1]) as string[]).join(String(parts[0]));
    if (name === "Fn::Sub") return this.#substitute(String(argument));
    return { [name]: argument };
  }

  #substitute(text: string): string {
    return text.replaceAll(/\$\{(\w+)\}/g, (variable, name: string) =>
      name in this.#template.Parameters ? String(this.#reference(name)) : variable,
    );
  }

  #reference(name: string): unknown {
    if (name === "AWS::NoValue") return NO_VALUE;
    const parameter = this.#template.Parameters[name];
    if (parameter === undefined) return { Ref: name };
    const text = this.#parameters[name] ?? parameter.Default ?? "";
    return parameter.Type === "CommaDelimitedList" ? text.split(",") : text;
  }
}
