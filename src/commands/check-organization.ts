import { connectOrganization, listOperations, readerAccountId } from "../app/organization-calls.ts";
import { UNKNOWN_EXCLUSIONS } from "../app/organization-log.ts";
import type { Connect } from "../app/poll-manager.ts";
import type { Clock } from "../clock.ts";
import type { Config, OrganizationConfig } from "../config/config.ts";
import type { Failure } from "../failure.ts";
import { OrganizationReader } from "../poll/organization-reader.ts";
import { adviseOnOrganization } from "../snapshot/organization-advice.ts";
import type { Organization } from "../targets/organization.ts";
import type { Finding } from "./finding.ts";

/** What the findings of an organization have in common. */
const PLACE = { account: "organization", region: "" } as const;

/** Reads the organization of the configuration once, and tells what that takes and finds; nothing where it has none. */
export async function checkOrganization(
  config: Config,
  defaultRegion: string,
  connect: Connect,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ readonly findings: readonly Finding[]; readonly organization?: Organization }> {
  const { organization } = config;
  if (organization === undefined) return { findings: [] };
  const { calls, close } = connectOrganization(connect, config, organization, defaultRegion, () => undefined);
  const deadlineMs = () => config.poll.deadlineMs;
  try {
    const reader = new OrganizationReader(calls, organization, { clock, signal, deadlineMs, shards: 1 });
    const result = await reader.read();
    return "failure" in result
      ? { findings: [failed(result.failure, readerAccountId(organization, reader.ownAccountId))] }
      : { findings: findingsOf(result.value, organization), organization: result.value };
  } finally {
    close();
  }
}

function failed(failure: Failure, readerAccount: string): Finding {
  const { reason, operation, message } = failure;
  return {
    ...PLACE,
    step: operation,
    ok: false,
    is_optional: false,
    detail: `${reason}: ${message}`,
    advice: adviseOnOrganization(failure, readerAccount),
  };
}

function findingsOf(
  { accounts, unknownExclusions }: Organization,
  organization: OrganizationConfig,
): readonly Finding[] {
  const found = listOperations(organization).map((step): Finding => {
    return {
      ...PLACE,
      step,
      ok: true,
      is_optional: false,
      detail: `permitted; ${accounts.length} accounts to poll`,
    };
  });
  const unknown: Finding = {
    ...PLACE,
    step: "exclude_accounts",
    ok: false,
    is_optional: true,
    detail: `not found: ${unknownExclusions.join(", ")}`,
    advice: UNKNOWN_EXCLUSIONS,
  };
  return unknownExclusions.length === 0 ? found : [...found, unknown];
}
