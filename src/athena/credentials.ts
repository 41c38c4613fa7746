import {
  GetCallerIdentityCommand,
  STSClient,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  type STSClientConfig,
} from "@aws-sdk/client-sts";
import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { AttemptHandler } from "./attempt-handler.ts";
import { observeAttempts } from "./attempt.ts";
import { MAX_ATTEMPTS, type CallTools } from "./aws-calls.ts";
import { classify, describe } from "./classify.ts";
import { AwsFailure } from "../failure.ts";
import { isRole, parseIdentity, type Identity } from "./identity.ts";

/** A role that gives access to another account. */
export interface Role {
  readonly arn: string;
  readonly externalId?: string;
}

/** Fixed, so that CloudTrail and trust policies can name it. */
const ROLE_SESSION_NAME = "athena-session-exporter";

/**
 * Credentials for an account's region, and whose they are. A new one reads shared files anew, so that rotated ones are
 * noticed.
 */
export class Credentials {
  readonly #own: AwsCredentialIdentityProvider;
  readonly #client: STSClientConfig;
  readonly #tools: CallTools;

  constructor(region: string, handler: AttemptHandler, tools: CallTools) {
    this.#client = { region, requestHandler: handler, maxAttempts: MAX_ATTEMPTS, retryMode: "standard" };
    this.#own = fromNodeProviderChain({
      ignoreCache: true,
      clientConfig: { region, requestHandler: handler },
    });
    this.#tools = tools;
  }

  /**
   * A provider of the process' own credentials, by the SDK's chain. Whenever it has new ones, `identified` is told whose they
   * are before anybody uses them; undefined where that could not be found out and `isNeeded()` is false.
   */
  own(
    isNeeded: () => boolean,
    identified: (identity: Identity | undefined) => void,
  ): AwsCredentialIdentityProvider {
    return async () => {
      const credentials = await this.#own();
      try {
        identified(await this.#identify(credentials));
      } catch (error) {
        if (isNeeded()) throw error;
        // Whoever wants to know asks again, and then hears why not.
        identified(undefined);
      }
      return credentials;
    };
  }

  /** A provider of a role's credentials. A role that the process already is, is not assumed again: few may assume themselves. */
  ofRole(role: Role): AwsCredentialIdentityProvider {
    const assume = fromTemporaryCredentials({
      masterCredentials: this.#own,
      params: {
        RoleArn: role.arn,
        RoleSessionName: ROLE_SESSION_NAME,
        ...(role.externalId !== undefined && { ExternalId: role.externalId }),
      },
      clientConfig: this.#client,
      clientPlugins: [this.#observe()],
    });
    return async () => {
      const own = await this.#own();
      if (isRole(await this.#identify(own), role.arn)) return own;
      return assume().catch((error: unknown) => {
        throw failureOf("AssumeRole", error);
      });
    };
  }

  async #identify(credentials: AwsCredentialIdentity): Promise<Identity> {
    const sts = new STSClient({ ...this.#client, credentials });
    sts.middlewareStack.use(this.#observe<ServiceInputTypes, ServiceOutputTypes>());
    try {
      return parseIdentity(await sts.send(new GetCallerIdentityCommand({})));
    } catch (error) {
      throw failureOf("GetCallerIdentity", error);
    }
  }

  #observe<Input extends object, Output extends object>() {
    const { clock, awsTime, observer } = this.#tools;
    return observeAttempts<Input, Output>(clock, awsTime, observer);
  }
}

/** So that a call which failed for want of credentials tells which call of STS it was. */
function failureOf(operation: string, error: unknown): AwsFailure {
  return new AwsFailure(classify(error), operation, describe(error), { cause: error });
}
