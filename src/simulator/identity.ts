import type { Principal } from "./iam.ts";
import { randomItem, seededRandom } from "./random.ts";

/** The userIdentity of a CloudTrail event, as far as the simulator has it. */
export interface EventIdentity {
  readonly type: "IAMUser" | "AssumedRole";
  readonly principalId: string;
  readonly arn: string;
  readonly accountId: string;
  readonly userName?: string;
}

/** Those who start sessions by themselves: people through IAM Identity Center, IAM users, and jobs. */
const STARTERS = [
  "assumed-role/AWSReservedSSO_DataScientist_1f2e3d4c5b6a7988/ana@example.com",
  "assumed-role/AWSReservedSSO_DataScientist_1f2e3d4c5b6a7988/bert@example.com",
  "assumed-role/AWSReservedSSO_Analyst_8877665544332211/dana@example.com",
  "assumed-role/airflow-worker/train-churn",
  "assumed-role/dbt-prod/botocore-session-1764460800",
  "user/emre",
] as const;

/** Whoever a simulated session was started by, which depends on its id alone. */
export function starterOf(sessionId: string, accountId: string): EventIdentity {
  return identityOf(randomItem(seededRandom(sessionId, "starter"), STARTERS), accountId);
}

/** The identity of a principal: "user/NAME" or "assumed-role/ROLE/SESSION". */
export function identityOf(principal: string, accountId: string): EventIdentity {
  const name = principal.split("/").at(-1) ?? "";
  return principal.startsWith("user/")
    ? {
        type: "IAMUser",
        principalId: "AIDASIMULATEDUSER",
        arn: `arn:aws:iam::${accountId}:${principal}`,
        accountId,
        userName: name,
      }
    : {
        type: "AssumedRole",
        principalId: `AROASIMULATEDROLE:${name}`,
        arn: `arn:aws:sts::${accountId}:${principal}`,
        accountId,
      };
}

/** The identity of the caller of an operation. */
export function identityOfCaller({ accountId, arn, userId, role }: Principal): EventIdentity {
  return role === undefined
    ? { type: "IAMUser", principalId: userId, arn, accountId, userName: arn.split("/").at(-1) ?? "" }
    : { type: "AssumedRole", principalId: userId, arn, accountId };
}
