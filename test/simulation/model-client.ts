import { hasEnded, type SessionState } from "./history.ts";
import { ModelRequests, Refusal, type CallContext, type ModelClientOptions } from "./model-requests.ts";
import type { ModelSession, SessionView } from "./model-session.ts";
import type { Page } from "./model-workgroup.ts";

interface Details {
  readonly coordinatorDpus?: number;
  readonly usedDpuSeconds?: number;
  readonly executionRole: string;
}

const WORKGROUPS_PER_PAGE = 50;

/** One account and region of the model, as the exporter's own class for it: an operation a method, retries included. */
export class ModelClient {
  readonly #options: ModelClientOptions;
  readonly #requests: ModelRequests;

  constructor(options: ModelClientOptions) {
    this.#options = options;
    this.#requests = new ModelRequests(options);
  }

  /** Unix milliseconds of AWS' clock, as answers told it. */
  nowMs(): number {
    return this.#options.awsTime.at(this.#options.clock.monotonicMs());
  }

  expectAccount(accountId: string): void {
    this.#requests.expectAccount(accountId);
  }

  applyConfig(config: Pick<ModelClientOptions, "timeoutMs" | "role">): void {
    this.#requests.applyConfig(config);
  }

  /** No world looks owners up. */
  async lookupEvents(): Promise<never> {
    throw new Error("the model has no CloudTrail");
  }

  /** No world reads quotas. */
  async listQuotas(): Promise<never> {
    throw new Error("the model has no Service Quotas");
  }

  /** No world has an organization. */
  async listOfOrganization(): Promise<never> {
    throw new Error("the model has no Organizations");
  }

  close(): void {
    // Nothing is held open.
  }

  async listSessions(
    {
      workgroup,
      stateFilter,
      nextToken,
    }: { workgroup: string; stateFilter?: SessionState | undefined; nextToken?: string | undefined },
    context: CallContext,
  ): Promise<Page & { readonly requestedAtMs: number }> {
    const { clock, awsTime, model, region } = this.#options;
    let requestedMs = 0;
    const timed: CallContext = {
      signal: context.signal,
      permit: async () => {
        await context.permit();
        requestedMs = clock.monotonicMs();
      },
    };
    const request = { operation: "ListSessions", workgroup, isLaterPage: nextToken !== undefined } as const;
    const page = await this.#requests.ask(request, timed, (account, nowMs) => {
      const found = model.workgroupAt(account, region, workgroup, nowMs);
      if (found === undefined) return new Refusal("invalid_request", "WorkGroup is not found.");
      if (!found.item.isSpark)
        return new Refusal("invalid_request", "The engine of the WorkGroup is not Spark.");
      return found.list(nowMs, stateFilter, nextToken);
    });
    return { ...page, requestedAtMs: awsTime.at(requestedMs) };
  }

  async getSessionStatus(sessionId: string, context: CallContext): Promise<SessionView> {
    return this.#requests.ask({ operation: "GetSessionStatus" }, context, (account, nowMs) => {
      const found = this.#find(account, sessionId, nowMs);
      return found instanceof Refusal ? found : found.session.lookedUp(found.step);
    });
  }

  async getSession(
    sessionId: string,
    context: CallContext,
  ): Promise<{ readonly session: SessionView; readonly details: Details }> {
    return this.#requests.ask({ operation: "GetSession" }, context, (account, nowMs) => {
      const found = this.#find(account, sessionId, nowMs);
      if (found instanceof Refusal) return found;
      const { session, step } = found;
      const { coordinatorDpus, usedDpuMs } = session.item;
      const state = session.steps[step]?.state;
      return {
        session: session.lookedUp(step),
        details: {
          ...(coordinatorDpus !== undefined && { coordinatorDpus }),
          ...(usedDpuMs !== undefined &&
            state !== undefined &&
            hasEnded(state) && { usedDpuSeconds: usedDpuMs / 1000 }),
          executionRole: "",
        },
      };
    });
  }

  async listWorkgroups(
    context: CallContext,
  ): Promise<readonly { readonly name: string; readonly engineVersion: string }[]> {
    const { model, region } = this.#options;
    const all: { name: string; engineVersion: string }[] = [];
    for (let from = 0; ; from += WORKGROUPS_PER_PAGE) {
      const request = { operation: "ListWorkGroups", isLaterPage: from > 0 } as const;
      const page = await this.#requests.ask(request, context, (account, nowMs) =>
        model.workgroups
          .filter(({ item }) => item.account === account && item.region === region)
          .filter((workgroup) => workgroup.existsAt(nowMs))
          .map(({ item: { name, engineVersion } }) => ({ name, engineVersion })),
      );
      all.push(...page.slice(from, from + WORKGROUPS_PER_PAGE));
      if (page.length <= from + WORKGROUPS_PER_PAGE) return all;
    }
  }

  async listTags(
    accountId: string,
    workgroup: string,
    context: CallContext,
  ): Promise<ReadonlyMap<string, string>> {
    const { model, region } = this.#options;
    return this.#requests.ask({ operation: "ListTagsForResource" }, context, (account, nowMs) => {
      const found = accountId === account ? model.workgroupAt(account, region, workgroup, nowMs) : undefined;
      if (found === undefined) return new Refusal("invalid_request", "The resource is not found.");
      return new Map(Object.entries(found.item.tags).map(([key, value]) => [key, model.clean(value)]));
    });
  }

  async getCallerIdentity(
    context: CallContext,
  ): Promise<{ readonly accountId: string; readonly arn: string }> {
    return this.#requests.ask({ operation: "GetCallerIdentity" }, context, (account) => ({
      accountId: account,
      arn: `arn:aws:sts::${account}:assumed-role/exporter/1`,
    }));
  }

  #find(account: string, id: string, nowMs: number): { session: ModelSession; step: number } | Refusal {
    const { model, region } = this.#options;
    for (const workgroup of model.workgroups) {
      if (workgroup.item.account !== account || workgroup.item.region !== region) continue;
      const found = workgroup.find(id, nowMs);
      if (found !== undefined) return found;
    }
    return new Refusal(model.behaviour.unknownIdReason, "Session is not found.");
  }
}
