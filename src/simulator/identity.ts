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

/** The permission set of people who sign in through IAM Identity Center. */
const PEOPLE = "assumed-role/AWSReservedSSO_DataScientist_1f2e3d4c5b6a7988";
const JOBS: Readonly<Record<string, string>> = {
  dbt: "assumed-role/dbt-prod/botocore-session-1764460800",
  airflow: "assumed-role/airflow-worker/scheduled",
};
/** Those who start the sessions whose description names nobody. */
const OTHERS = [`${PEOPLE}/ana@example.com`, `${PEOPLE}/bert@example.com`, "user/emre"] as const;

/** Whoever started a simulated session: the person or the job that its description names, else one that depends on its id. */
export function starterOf(
  sessionId: string,
  description: string | undefined,
  accountId: string,
): EventIdentity {
  const person = /\((\w+)\)$/.exec(description ?? "")?.[1];
  const job = JOBS[/^\w+/.exec(description ?? "")?.[0] ?? ""];
  const other = randomItem(seededRandom(sessionId, "starter"), OTHERS);
  return identityOf(person === undefined ? (job ?? other) : `${PEOPLE}/${person}@example.com`, accountId);
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
