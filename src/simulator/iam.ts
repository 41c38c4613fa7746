import type { AccountOptions, RoleOptions } from "./account.ts";
import { AwsError } from "./aws-error.ts";
import { seededRandom, randomUuid } from "./random.ts";
import { parseAuthorization, type SignedRequest, verifySignature } from "./signature.ts";

/** Above it the oldest temporary credentials are dropped. */
const MAX_TEMPORARY_CREDENTIALS = 10_000;

/** The IAM user or assumed role that makes a request. */
export interface Principal {
  readonly accountId: string;
  readonly arn: string;
  /** The UserId that GetCallerIdentity returns. */
  readonly userId: string;
  /** The name of the assumed role; undefined for a user. */
  readonly role: string | undefined;
}

/** A principal with the region and service of the request's signature. */
export interface Caller extends Principal {
  readonly region: string;
  readonly service: string;
}

/** The credentials that AssumeRole returns. */
export interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

interface KnownAccessKey {
  readonly secretAccessKey: string;
  readonly identity: Principal;
  readonly temporary: TemporaryCredentials | undefined;
}

/** The access keys and roles of all accounts, and the temporary credentials that have been issued. */
export class IamDirectory {
  readonly #keys = new Map<string, KnownAccessKey>();
  readonly #roles = new Map<string, RoleOptions & { readonly accountId: string }>();
  readonly #seed: number;
  #issued = 0;

  constructor(accounts: readonly AccountOptions[], seed: number) {
    this.#seed = seed;
    for (const { id: accountId, keys = [], roles = [] } of accounts) {
      for (const role of roles)
        this.#roles.set(`arn:aws:iam::${accountId}:role/${role.name}`, { ...role, accountId });
      for (const { accessKeyId, secretAccessKey, userName = "exporter" } of keys) {
        const arn = `arn:aws:iam::${accountId}:user/${userName}`;
        const identity = { accountId, arn, userId: `AIDA${accessKeyId.slice(4)}`, role: undefined };
        this.#keys.set(accessKeyId, { secretAccessKey, identity, temporary: undefined });
      }
    }
  }

  /** Returns the caller; throws an AwsError if the signature is absent or wrong, or the credentials unknown or expired. */
  authenticate(request: SignedRequest, service: string, nowMs: number, maxSkewMs: number): Caller {
    const authorization = parseAuthorization(request.headers);
    const key = this.#keys.get(authorization.accessKeyId);
    if (key === undefined) throw unrecognized();
    if (authorization.service !== service) {
      throw new AwsError(
        "InvalidSignatureException",
        `Credential should be scoped to correct service: '${service}'.`,
      );
    }
    verifySignature(request, authorization, key.secretAccessKey, nowMs, maxSkewMs);
    const { temporary } = key;
    if (request.headers["x-amz-security-token"] !== temporary?.sessionToken) throw unrecognized();
    if (temporary !== undefined && temporary.expiresAtMs <= nowMs) {
      throw new AwsError("ExpiredTokenException", "The security token included in the request is expired");
    }
    return { ...key.identity, region: authorization.region, service };
  }

  /** The role with this ARN if the caller may assume it with this external id, else undefined. */
  findRole(
    arn: string,
    caller: Principal,
    externalId: string | undefined,
  ): { accountId: string; name: string } | undefined {
    const role = this.#roles.get(arn);
    if (role === undefined) return undefined;
    const isTrusted = (role.trustedAccountId ?? caller.accountId) === caller.accountId;
    return isTrusted && (role.externalId ?? externalId) === externalId ? role : undefined;
  }

  /** Issues temporary credentials of the role. */
  assume(
    role: { accountId: string; name: string },
    sessionName: string,
    expiresAtMs: number,
  ): { key: TemporaryCredentials; identity: Principal } {
    this.#issued += 1;
    const random = seededRandom(this.#seed, "keys", this.#issued);
    const letters = randomUuid(random).replaceAll("-", "").toUpperCase();
    const key = {
      accessKeyId: `ASIA${letters.slice(0, 16)}`,
      secretAccessKey: `${randomUuid(random)}${randomUuid(random)}`.replaceAll("-", "").slice(0, 40),
      sessionToken: Buffer.from(`${role.accountId}/${role.name}/${randomUuid(random)}`).toString("base64"),
      expiresAtMs,
    };
    const identity = {
      accountId: role.accountId,
      arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`,
      userId: `AROA${letters.slice(0, 16)}:${sessionName}`,
      role: role.name,
    };
    this.#keys.set(key.accessKeyId, { secretAccessKey: key.secretAccessKey, identity, temporary: key });
    this.#dropOldest();
    return { key, identity };
  }

  #dropOldest(): void {
    if (this.#issued <= MAX_TEMPORARY_CREDENTIALS) return;
    const oldest = [...this.#keys].find(([, key]) => key.temporary !== undefined);
    if (oldest !== undefined) this.#keys.delete(oldest[0]);
  }
}

function unrecognized(): AwsError {
  return new AwsError(
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
  );
}
