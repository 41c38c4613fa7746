import type { CallContext } from "../athena/api-calls.ts";
import { findAccountRegions, findDefaultRegion } from "../app/account-regions.ts";
import { EXIT, type ExitCode, type Host } from "../app/host.ts";
import { athenaConnector, type AthenaApi } from "../app/poll-manager.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { ApiError } from "../failure.ts";
import { withCallContext } from "../poll/call-context.ts";
import { Permits } from "../poll/permits.ts";
import { isUnknownSession } from "../poll/poll.ts";
import { advise } from "../snapshot/advice.ts";
import { DPU_QUOTAS } from "../targets/dpu-quota.ts";
import type { AccountRegion } from "../targets/account-region.ts";
import { conflictingRole, conflictMessage } from "../targets/expand.ts";
import { checkOrganization } from "./check-organization.ts";
import { toText, type Finding } from "./finding.ts";
import { needsDiscovery, selectTargets, taggedWorkgroups } from "../targets/select.ts";

/** No session has this id, so a request that is permitted is refused because of the id. */
const NO_SESSION = "00000000-0000-0000-0000-000000000000";

/** Permission does not depend on it. */
const LOOKED_BACK_MS = 3_600_000;

/** Tries, for each account and region, every API call that polling needs; a line each. Fails if a required one fails. */
export async function check(config: Config, output: "text" | "json", host: Host): Promise<ExitCode> {
  const ending = new AbortController();
  host.onStop((signal) => ending.abort(new Error(`stopped by ${signal}`)), EXIT.failed);
  const findings: Finding[] = [];
  const connect = athenaConnector(host.clock);
  const defaultRegion = await findDefaultRegion(config, host.environment);
  const read = await checkOrganization(config, defaultRegion, connect, {
    clock: host.clock,
    signal: ending.signal,
  });
  findings.push(...read.findings);
  for (const accountRegion of findAccountRegions(config, defaultRegion, read.organization)) {
    const athena = connect(config, accountRegion, () => undefined);
    const checks = new AccountRegionCheck(config, accountRegion, athena, host.clock, ending.signal);
    findings.push(...(await checks.run()));
  }
  await host.print(output === "json" ? `${JSON.stringify(findings, undefined, 2)}\n` : toText(findings));
  return findings.every((finding) => finding.ok || finding.is_optional) ? EXIT.done : EXIT.failed;
}

/** The checks of one account and region; later ones need the earlier. */
class AccountRegionCheck {
  readonly #config: Config;
  readonly #accountRegion: AccountRegion;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #athena: AthenaApi;
  readonly #permits: Permits;
  #accountId: string;

  constructor(
    config: Config,
    accountRegion: AccountRegion,
    athena: AthenaApi,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#config = config;
    this.#accountRegion = accountRegion;
    this.#clock = clock;
    this.#signal = signal;
    this.#athena = athena;
    this.#permits = new Permits(config.poll.rateLimit, clock);
    this.#accountId = accountRegion.accountId;
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
        if (this.#config.sessions.details) findings.push(await this.#checkDetails(workgroup));
      }
      if (this.#config.sessions.owners !== undefined) findings.push(await this.#checkOwners());
      if (this.#config.quotas) findings.push(...(await this.#checkQuotas()));
      return findings;
    } finally {
      this.#athena.close();
    }
  }

  async #checkCredentials(): Promise<Finding> {
    return this.#try("GetCallerIdentity", {}, async (context) => {
      const { accountId, arn } = await this.#athena.getCallerIdentity(context);
      const role = conflictingRole(this.#accountRegion, accountId);
      if (role !== undefined) {
        throw new ApiError("other", "", conflictMessage(this.#accountRegion, accountId, role));
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
    const known = {
      accountId: this.#accountId,
      notSpark: new Set<string>(),
      tagsOf: () => undefined,
      polled: new Set<string>(),
    };
    let targets = selectTargets(this.#accountRegion, { ...known, listed: [] });
    let tagged: readonly string[] = [];
    const isOptional = !needsDiscovery(this.#accountRegion);
    const finding = await this.#try("ListWorkGroups", { isOptional }, async (context) => {
      const listed = await this.#athena.listWorkgroups(context);
      targets = selectTargets(this.#accountRegion, { ...known, listed });
      tagged = taggedWorkgroups(this.#accountRegion, { ...known, listed });
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
    return this.#checkSessionCall("GetSessionStatus", workgroup, (context) =>
      this.#athena.getSessionStatus(NO_SESSION, context),
    );
  }

  async #checkDetails(workgroup: string): Promise<Finding> {
    return this.#checkSessionCall("GetSession", workgroup, (context) =>
      this.#athena.getSession(NO_SESSION, context),
    );
  }

  async #checkOwners(): Promise<Finding> {
    return this.#try("LookupEvents", {}, async (context) => {
      const toMs = this.#athena.nowMs();
      const query = { operation: "StartSession", fromMs: toMs - LOOKED_BACK_MS, toMs } as const;
      const { events } = await this.#athena.lookupEvents(query, context);
      return `the first page of the last hour shows ${events.length} starts of sessions`;
    });
  }

  async #checkQuotas(): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const operation of ["ListServiceQuotas", "ListAWSDefaultServiceQuotas"] as const) {
      const finding = await this.#try(operation, {}, async (context) => {
        const quotas = await this.#athena.listQuotas(operation, context);
        const found = DPU_QUOTAS.flatMap(({ name }) => {
          const value = quotas.get(name);
          return value === undefined ? [] : [`${name}: ${value}`];
        });
        return found.length === 0 ? "no quota on DPUs" : found.join(", ");
      });
      findings.push(finding);
    }
    return findings;
  }

  async #checkSessionCall(
    operation: string,
    workgroup: string,
    call: (context: CallContext) => Promise<unknown>,
  ): Promise<Finding> {
    return this.#try(operation, { workgroup }, async (context) => {
      try {
        await call(context);
      } catch (error) {
        if (!isUnknownSession(error)) throw error;
      }
      return "permitted";
    });
  }

  async #try(
    operation: string,
    { workgroup, isOptional = false }: { readonly workgroup?: string; readonly isOptional?: boolean },
    work: (context: CallContext) => Promise<string>,
  ): Promise<Finding> {
    const limits = {
      clock: this.#clock,
      permits: this.#permits,
      deadlineMs: this.#config.poll.deadlineMs,
      signal: this.#signal,
      hasPermit: false,
    };
    const { result } = await withCallContext(limits, work);
    const { region, accountName } = this.#accountRegion;
    const account = accountName === "" ? this.#accountId : accountName;
    const common = { region, account, step: operation, is_optional: isOptional };
    if ("value" in result) return { ...common, ok: true, detail: result.value };
    const { reason, message } = result.failure;
    const subject = { accountId: this.#accountId, region, ...(workgroup !== undefined && { workgroup }) };
    return { ...common, ok: false, detail: `${reason}: ${message}`, advice: advise(result.failure, subject) };
  }
}
