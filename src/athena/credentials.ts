import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import { ApiError } from "../failure.ts";
import { MAX_ATTEMPTS, type ApiCalls } from "./api-calls.ts";
import type { AttemptHandler } from "./attempt-handler.ts";
import { classify, describe } from "./classify.ts";
import { isSessionOfRole, readIdentity, type Identity } from "./identity.ts";
import type { OwnCredentials } from "./own-credentials.ts";

/** A role that gives access to another account. */
export interface Role {
  readonly arn: string;
  readonly externalId?: string;
}

/** Fixed, so that CloudTrail and trust policies can name it. */
const ROLE_SESSION_NAME = "athena-session-exporter";

/** Providers of the credentials of one account and region. */
export class Credentials {
  readonly #own: OwnCredentials;
  readonly #client: STSClientConfig;
  readonly #calls: ApiCalls;
  readonly #identities = new WeakMap<AwsCredentialIdentity, Identity>();

  constructor(own: OwnCredentials, region: string, handler: AttemptHandler, calls: ApiCalls) {
    this.#own = own;
    this.#client = { region, requestHandler: handler, maxAttempts: MAX_ATTEMPTS, retryMode: "standard" };
    this.#calls = calls;
  }

  /**
   * A provider of the process' own credentials. `identified` is called with the identity of new credentials before they are used; with
   * undefined where GetCallerIdentity failed and `isNeeded()` is false.
   */
  own(
    isNeeded: () => boolean,
    identified: (identity: Identity | undefined, credentials: AwsCredentialIdentity) => void,
  ): AwsCredentialIdentityProvider {
    return async () => {
      const credentials = await this.#own.get();
      try {
        identified(await this.#identify(credentials), credentials);
      } catch (error) {
        if (isNeeded()) throw error;
        // Discovery requests the identity as well, and reports the failure.
        identified(undefined, credentials);
      }
      return credentials;
    };
  }

  /** A provider of a role's credentials. A role that the process already runs as is not assumed again: few may assume themselves. */
  ofRole(role: Role): AwsCredentialIdentityProvider {
    const assume = fromTemporaryCredentials({
      masterCredentials: () => this.#own.get(),
      params: {
        RoleArn: role.arn,
        RoleSessionName: ROLE_SESSION_NAME,
        ...(role.externalId !== undefined && { ExternalId: role.externalId }),
      },
      clientConfig: this.#client,
      clientPlugins: [this.#calls.middleware()],
    });
    return async () => {
      const own = await this.#own.get();
      if (isSessionOfRole(await this.#identify(own), role.arn)) return own;
      try {
        return await assume();
      } catch (error) {
        throw this.#failed("AssumeRole", own, error, `cannot assume ${role.arn}: `);
      }
    };
  }

  /** Asks once for each credentials, because the SDK asks its provider often while they are about to expire. */
  async #identify(credentials: AwsCredentialIdentity): Promise<Identity> {
    const known = this.#identities.get(credentials);
    if (known !== undefined) return known;
    const sts = new STSClient({ ...this.#client, credentials });
    sts.middlewareStack.use(this.#calls.middleware());
    try {
      const identity = readIdentity(await sts.send(new GetCallerIdentityCommand({})));
      this.#identities.set(credentials, identity);
      return identity;
    } catch (error) {
      throw this.#failed("GetCallerIdentity", credentials, error);
    }
  }

  /** The failure of a call of STS, with its operation. Own credentials that STS refused are read again. */
  #failed(operation: string, own: AwsCredentialIdentity, error: unknown, what = ""): ApiError {
    const failure =
      error instanceof ApiError
        ? error
        : new ApiError(classify(error), operation, what + describe(error), { cause: error });
    if (failure.reason === "credentials") this.#own.refuse(own);
    return failure;
  }
}
