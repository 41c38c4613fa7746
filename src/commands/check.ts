import type { Athena } from "../athena/athena.ts";
import { AwsFailure } from "../failure.ts";
import type { CallContext } from "../athena/aws-calls.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { Permits } from "../poll/permits.ts";
import { getSession, getSessionStatus, withContext } from "../poll/poll.ts";
import { advise } from "../snapshot/advice.ts";
import { rivalMessage, rivalOf } from "../targets/expand.ts";
import { needsDiscovery, selectTargets, taggedWorkgroups } from "../targets/select.ts";
import type { Region } from "../targets/account-region.ts";
import { lookUpOperation } from "./iam-policy.ts";
import { regionsOf } from "../app/account-regions.ts";
import { EXIT, type ExitCode, type Host } from "../app/host.ts";
import { createAthena } from "../app/poll-manager.ts";

/** One thing that the exporter needs of an account's region, and whether it has it. */
interface Finding {
  readonly region: string;
  readonly account: string;
  readonly step: string;
  readonly ok: boolean;
  /** Without it the exporter works, at more calls or later. */
  readonly isOptional: boolean;
  readonly detail: string;
  readonly advice?: string;
}

/** A session id that no session has: a refusal by permission tells itself from one by id. */
const NO_SESSION = "00000000-0000-0000-0000-000000000000";

/** Tries, for each account's region, all that polling needs of AWS; a line each. Fails if a need is not met. */
export async function check(config: Config, output: "text" | "json", host: Host): Promise<ExitCode> {
  const ending = new AbortController();
  host.onStop((signal) => ending.abort(new Error(`stopped by ${signal}`)));
  const regions = await regionsOf(config, host.environment);
  const findings: Finding[] = [];
  for (const region of regions) {
    findings.push(...(await new RegionCheck(config, region, host.clock, ending.signal).run()));
  }
  await host.print(output === "json" ? `${JSON.stringify(findings, undefined, 2)}\n` : toText(findings));
  return findings.every(({ ok, isOptional }) => ok || isOptional) ? EXIT.done : EXIT.failed;
}

/** The steps of one account's region; later ones need the earlier. */
class RegionCheck {
  readonly #config: Config;
  readonly #region: Region;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #athena: Athena;
  readonly #permits: Permits;
  #accountId: string;

  constructor(config: Config, region: Region, clock: Clock, signal: AbortSignal) {
    this.#config = config;
    this.#region = region;
    this.#clock = clock;
    this.#signal = signal;
    this.#athena = createAthena(config, region, clock, () => undefined);
    this.#permits = new Permits(config.poll.rateLimit, clock);
    this.#accountId = region.accountId;
  }

  async run(): Promise<Finding[]> {
    const findings: Finding[] = [];
    try {
      findings.push(await this.#checkCredentials());
      if (findings[0]?.ok !== true) return findings;
      const { finding, targets, tagged } = await this.#checkDiscovery();
      findings.push(finding);
      const workgroup = targets[0] ?? tagged[0];
      if (tagged[0] !== undefined) findings.push(await this.#checkTags(tagged[0]));
      if (workgroup !== undefined) {
        findings.push(await this.#checkListing(workgroup), await this.#checkLookup(workgroup));
      }
      return findings;
    } finally {
      this.#athena.close();
    }
  }

  async #checkCredentials(): Promise<Finding> {
    return this.#try("GetCallerIdentity", {}, async (context) => {
      const { accountId, arn } = await this.#athena.getCallerIdentity(context);
      const rival = rivalOf(this.#region, accountId);
      if (rival !== undefined) {
        throw new AwsFailure("other", "", rivalMessage(this.#region, accountId, rival));
      }
      this.#accountId = accountId;
      return `credentials are those of ${arn}`;
    });
  }

  /** `tagged`: the workgroups whose tags matter. */
  async #checkDiscovery(): Promise<{
    readonly finding: Finding;
    readonly targets: readonly string[];
    readonly tagged: readonly string[];
  }> {
    const known = { accountId: this.#accountId, notSpark: new Set<string>(), tagsOf: () => undefined };
    let targets = selectTargets(this.#region, { ...known, listed: [] });
    let tagged: readonly string[] = [];
    const isOptional = !needsDiscovery(this.#region);
    const finding = await this.#try("ListWorkGroups", { isOptional }, async (context) => {
      const listed = await this.#athena.listWorkgroups(context);
      targets = selectTargets(this.#region, { ...known, listed });
      tagged = taggedWorkgroups(this.#region, { ...known, listed });
      const names = new Set(targets.map(({ workgroup }) => workgroup));
      const undecided = tagged.filter((name) => !names.has(name)).length;
      const more = undecided === 0 ? "" : `, and up to ${undecided} more by their tags`;
      return `${listed.length} workgroups, of which ${targets.length} would be polled${more}`;
    });
    return { finding, targets: targets.map(({ workgroup }) => workgroup), tagged };
  }

  async #checkTags(workgroup: string): Promise<Finding> {
    return this.#try("ListTagsForResource", { workgroup }, async (context) => {
      const tags = await this.#athena.listTags(this.#accountId, workgroup, context);
      return `${workgroup} has ${tags.size} tags`;
    });
  }

  async #checkListing(workgroup: string): Promise<Finding> {
    return this.#try("ListSessions", { workgroup }, async (context) => {
      const { sessions } = await this.#athena.listSessions({ workgroup }, context);
      return `${workgroup} has ${sessions.length} active sessions on the first page`;
    });
  }

  async #checkLookup(workgroup: string): Promise<Finding> {
    const operation = lookUpOperation(this.#config);
    // Details that were asked for come from this call alone; without them it only saves other calls.
    const isOptional = !this.#config.sessions.details;
    return this.#try(operation, { workgroup, isOptional }, async (context) => {
      const lookUp = operation === "GetSession" ? getSession : getSessionStatus;
      const answer = await lookUp(NO_SESSION, this.#athena, context);
      if (answer.kind === "denied") {
        throw new AwsFailure("access_denied", operation, "single sessions may not be looked up");
      }
      return "permitted";
    });
  }

  async #try(
    operation: string,
    { workgroup, isOptional = false }: { readonly workgroup?: string; readonly isOptional?: boolean },
    work: (context: CallContext) => Promise<string>,
  ): Promise<Finding> {
    const options = {
      clock: this.#clock,
      permits: this.#permits,
      deadlineMs: this.#config.poll.deadlineMs,
      signal: this.#signal,
      hasPermit: false,
    };
    const { result } = await withContext(options, work);
    const { region, accountName } = this.#region;
    const account = accountName === "" ? this.#accountId : accountName;
    const common = { region, account, step: operation, isOptional };
    if ("value" in result) return { ...common, ok: true, detail: result.value };
    const { reason, message } = result.failure;
    const subject = { accountId: this.#accountId, region, ...(workgroup !== undefined && { workgroup }) };
    return { ...common, ok: false, detail: `${reason}: ${message}`, advice: advise(result.failure, subject) };
  }
}

function toText(findings: readonly Finding[]): string {
  return findings
    .map(({ region, account, step, ok, isOptional, detail, advice }) => {
      const mark = ok ? "✓" : isOptional ? "!" : "✗";
      const place = [account, region].filter((part) => part !== "").join(" ");
      const advised = advice === undefined ? "" : `\n    ${isOptional ? "optional: " : ""}${advice}`;
      return `${mark} ${place}  ${step}: ${detail}${advised}\n`;
    })
    .join("");
}
