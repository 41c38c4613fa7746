import type { AccountOptions, RoleOptions } from "./account.ts";
import { AwsError } from "./aws-error.ts";
import { seededRandom, uuid } from "./random.ts";
import { parseAuthorization, type SignedRequest, verifySignature } from "./signature.ts";

/** Temporary credentials that are older are forgotten first. */
const MAX_TEMPORARY_KEYS = 10_000;

/** Whose call it is. */
export interface Identity {
  readonly accountId: string;
  /** The user's or the assumed role's ARN. */
  readonly arn: string;
  readonly userId: string;
  /** The name of the assumed role. */
  readonly role: string | undefined;
}

/** A caller, and the region and service that the signature names. */
export interface Caller extends Identity {
  readonly region: string;
  readonly service: string;
}

/** What AssumeRole hands out. */
export interface TemporaryKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

interface KnownKey {
  readonly secretAccessKey: string;
  readonly identity: Identity;
  readonly temporary: TemporaryKey | undefined;
}

/** The users and roles of every account, and the keys that are out. */
export class Directory {
  readonly #keys = new Map<string, KnownKey>();
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

  /** Whose request it is; refuses one that is not signed, wrongly signed, or by keys that are unknown or expired. */
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

  /** A role, if the caller may assume it with this external id. */
  findRole(
    arn: string,
    caller: Identity,
    externalId: string | undefined,
  ): { accountId: string; name: string } | undefined {
    const role = this.#roles.get(arn);
    if (role === undefined) return undefined;
    const isTrusted = (role.trustedAccountId ?? caller.accountId) === caller.accountId;
    return isTrusted && (role.externalId ?? externalId) === externalId ? role : undefined;
  }

  /** Gives out temporary keys that act as the role until they expire. */
  assume(
    role: { accountId: string; name: string },
    sessionName: string,
    expiresAtMs: number,
  ): { key: TemporaryKey; identity: Identity } {
    this.#issued += 1;
    const random = seededRandom(this.#seed, "keys", this.#issued);
    const letters = uuid(random).replaceAll("-", "").toUpperCase();
    const key = {
      accessKeyId: `ASIA${letters.slice(0, 16)}`,
      secretAccessKey: `${uuid(random)}${uuid(random)}`.replaceAll("-", "").slice(0, 40),
      sessionToken: Buffer.from(`${role.accountId}/${role.name}/${uuid(random)}`).toString("base64"),
      expiresAtMs,
    };
    const identity = {
      accountId: role.accountId,
      arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`,
      userId: `AROA${letters.slice(0, 16)}:${sessionName}`,
      role: role.name,
    };
    this.#keys.set(key.accessKeyId, { secretAccessKey: key.secretAccessKey, identity, temporary: key });
    this.#forgetOldest();
    return { key, identity };
  }

  #forgetOldest(): void {
    if (this.#issued <= MAX_TEMPORARY_KEYS) return;
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
