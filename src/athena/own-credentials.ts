import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { loadSharedConfigFiles } from "@smithy/core/config";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { Clock } from "../clock.ts";
import { ApiError, type FailureReason } from "../failure.ts";
import { AttemptHandler } from "./attempt-handler.ts";
import { classify, describe } from "./classify.ts";
import { cleanText } from "./clean-text.ts";
import { limitCredentialProcesses } from "./credential-process.ts";

/** A provider that hangs, such as a credential process, is abandoned and tried again after this, then after twice as long, and so on. */
const FIRST_HUNG_AFTER_MS = 5000;
const MAX_HUNG_AFTER_MS = 10 * 60_000;
/** With any other reason, the credentials are wrong: AWS may deny a web identity its role, for example. */
const REASONS_OF_CONNECTION: ReadonlySet<FailureReason> = new Set([
  "network",
  "timeout",
  "throttled",
  "server_error",
]);
/** Of one request of a provider to STS or SSO. */
const ATTEMPT_TIMEOUT_MS = 10_000;
/** Credentials are renewed this long before they expire, and while that fails, again after each of these delays. */
const RENEW_BEFORE_MS = 5 * 60_000;
const RENEW_AGAIN_MS = 60_000;

interface PendingRead {
  readonly credentials: Promise<AwsCredentialIdentity>;
  /** When it is abandoned as hung, in monotonic milliseconds. */
  readonly abandonAtMs: number;
}

/** The process' own credentials by the SDK's chain, shared by all accounts and regions, so that a credential process runs once for all. */
export class OwnCredentials {
  readonly #clock: Clock;
  readonly #createChain: () => AwsCredentialIdentityProvider;
  #current: AwsCredentialIdentity | undefined;
  #pending: PendingRead | undefined;
  #hungAfterMs = FIRST_HUNG_AFTER_MS;
  #reads = 0;
  #renewAgainAtMs = -Infinity;

  /** `createChain` is called for each read: a new chain reads shared files again, so that rotated credentials are noticed. */
  constructor(clock: Clock, createChain: () => AwsCredentialIdentityProvider = chainThroughProxy(clock)) {
    this.#clock = clock;
    this.#createChain = createChain;
  }

  /** Rejects with ApiError; a token file that does not exist, for example, has the reason `credentials`. */
  async get(): Promise<AwsCredentialIdentity> {
    const nowMs = this.#clock.monotonicMs();
    const validMs = this.#validMs();
    const isRenewed = validMs > RENEW_BEFORE_MS || nowMs < this.#renewAgainAtMs;
    if (this.#current !== undefined && validMs > 0 && isRenewed) return this.#current;
    if (this.#pending === undefined || nowMs >= this.#pending.abandonAtMs) {
      if (this.#pending !== undefined) this.#hungAfterMs = Math.min(2 * this.#hungAfterMs, MAX_HUNG_AFTER_MS);
      this.#renewAgainAtMs = nowMs + RENEW_AGAIN_MS;
      this.#pending = { credentials: this.#read(), abandonAtMs: nowMs + this.#hungAfterMs };
    }
    return this.#pending.credentials;
  }

  /** AWS refused these credentials: the next call of `get` reads new ones. */
  refuse(credentials: AwsCredentialIdentity): void {
    if (this.#current === credentials) this.#current = undefined;
  }

  /** How long the present credentials are still valid. */
  #validMs(): number {
    return (this.#current?.expiration?.getTime() ?? Infinity) - this.#clock.wallMs();
  }

  async #read(): Promise<AwsCredentialIdentity> {
    this.#reads += 1;
    const read = this.#reads;
    let credentials: AwsCredentialIdentity | undefined;
    try {
      credentials = await this.#createChain()();
      return credentials;
    } catch (error) {
      if (this.#current !== undefined && this.#validMs() > 0) return this.#current;
      const reason = classify(error);
      const isOfCredentials = !REASONS_OF_CONNECTION.has(reason);
      const message = (await missingProfile(process.env["AWS_PROFILE"])) ?? describe(error);
      throw new ApiError(isOfCredentials ? "credentials" : reason, "", message, { cause: error });
    } finally {
      // A read that was abandoned may end after a later one, and its credentials are then older.
      if (read === this.#reads) {
        this.#current = credentials ?? this.#current;
        this.#pending = undefined;
        this.#hungAfterMs = FIRST_HUNG_AFTER_MS;
      }
    }
  }
}

/** The SDK's chain, whose requests to STS and SSO go through a proxy where one is set; its own handlers know none. */
function chainThroughProxy(clock: Clock): () => AwsCredentialIdentityProvider {
  limitCredentialProcesses();
  const requestHandler = new AttemptHandler(clock, ATTEMPT_TIMEOUT_MS);
  return () => fromNodeProviderChain({ ignoreCache: true, clientConfig: { requestHandler } });
}

/** Says that a profile does not exist; the SDK passes over it to the next provider, and reports that one's error. */
async function missingProfile(profile: string | undefined): Promise<string | undefined> {
  if (profile === undefined || profile === "") return undefined;
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  if (profile in configFile || profile in credentialsFile) return undefined;
  return `AWS_PROFILE names the profile "${cleanText(profile, 100)}", which is neither in ~/.aws/config nor in ~/.aws/credentials; add it, or choose another`;
}
