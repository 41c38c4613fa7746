import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { AttemptHandler } from "./attempt-handler.ts";
import { observeAttempts } from "./attempt.ts";
import { MAX_ATTEMPTS, type CallTools } from "./aws-calls.ts";

/** A role that gives access to another account. */
export interface Role {
  readonly arn: string;
  readonly externalId?: string;
}

/** Fixed, so that CloudTrail and trust policies can name it. */
const ROLE_SESSION_NAME = "athena-session-exporter";

/**
 * A provider of credentials: the process' own by the SDK's chain, or those of a role that they may assume. A new
 * provider reads shared files anew, so that rotated ones are noticed.
 */
export function credentialProvider(
  region: string,
  role: Role | undefined,
  handler: AttemptHandler,
  tools: CallTools,
) {
  const own = fromNodeProviderChain({ ignoreCache: true, clientConfig: { region } });
  if (role === undefined) return own;
  return fromTemporaryCredentials({
    masterCredentials: own,
    params: {
      RoleArn: role.arn,
      RoleSessionName: ROLE_SESSION_NAME,
      ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    },
    clientConfig: { region, requestHandler: handler, maxAttempts: MAX_ATTEMPTS, retryMode: "standard" },
    clientPlugins: [observeAttempts(tools.clock, tools.awsTime, tools.observer)],
  });
}
