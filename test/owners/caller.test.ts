import { describe, expect, test } from "vitest";
import { callerOf, type UserIdentity } from "../../src/owners/caller.ts";
import { showCaller } from "../../src/owners/shown-caller.ts";

const NOBODY: UserIdentity = { arn: "", userName: "", onBehalfOf: "", invokedBy: "", principalId: "" };
const nameOf = (identity: Partial<UserIdentity>) => callerOf({ ...NOBODY, ...identity })?.name;

describe("the name of a caller is", () => {
  test.each([
    ["the session of a role", "arn:aws:sts::111122223333:assumed-role/Admin/alias", "alias"],
    [
      "the person of IAM Identity Center",
      "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Data_0123456789abcdef/ana@example.com",
      "ana@example.com",
    ],
    ["an IAM user without path", "arn:aws:iam::111122223333:user/data/emre", "emre"],
    ["a federated user", "arn:aws:sts::111122223333:federated-user/fred", "fred"],
    ["root", "arn:aws:iam::111122223333:root", "root"],
    ["the session in another partition", "arn:aws-us-gov:sts::111122223333:assumed-role/x/gov", "gov"],
  ])("%s", (_what, arn, name) => {
    expect(nameOf({ arn, principalId: "AROA:x" })).toBe(name);
  });

  test.each([
    "botocore-session-1764460800",
    "aws-sdk-js-1764460800000",
    "aws-sdk-java-1764460800000",
    "aws-go-sdk-1764460800000000000",
    "1764460800000000000",
    "i-0123456789abcdef0",
    "0123456789abcdef0123456789abcdef",
    "d646ff46-32d2-42f0-94d1-d060ec3e5d78",
  ])("the role, where a machine has made the session's name up: %s", (session) => {
    expect(nameOf({ arn: `arn:aws:sts::111122223333:assumed-role/dbt-prod/${session}` })).toBe("dbt-prod");
  });

  test("whoever a service acts for, a user name, the service, or the principal's id, as far as there are any", () => {
    const identity = {
      onBehalfOf: "a-user-id",
      userName: "maria",
      invokedBy: "glue.amazonaws.com",
      principalId: "AIDA",
    };
    expect(nameOf(identity)).toBe("a-user-id");
    expect(nameOf({ ...identity, onBehalfOf: "" })).toBe("maria");
    expect(nameOf({ ...identity, onBehalfOf: "", userName: "" })).toBe("glue.amazonaws.com");
    expect(nameOf({ principalId: "AIDA" })).toBe("AIDA");
    expect(callerOf(NOBODY)).toBeUndefined();
  });
});

describe("sessions.started_by shows", () => {
  const ana = { name: "ana", arn: "arn:aws:sts::111122223333:assumed-role/data/ana" };

  test("the ARN, or the name where there is none", () => {
    expect(showCaller(ana, "full")).toEqual({ name: ana.arn, arn: ana.arn });
    expect(showCaller({ name: "glue.amazonaws.com", arn: "" }, "full").name).toBe("glue.amazonaws.com");
  });

  test("the name, with the ARN beside it", () => {
    expect(showCaller(ana, "session-name")).toEqual(ana);
  });

  test("a hash that is the same for all roles of one name, and no ARN", () => {
    const shown = showCaller(ana, "hash");
    expect(shown).toEqual({ name: expect.stringMatching(/^[0-9a-f]{12}$/), arn: "" });
    expect(showCaller({ ...ana, arn: "arn:aws:sts::999999999999:assumed-role/other/ana" }, "hash")).toEqual(
      shown,
    );
    expect(showCaller({ ...ana, name: "bert" }, "hash")).not.toEqual(shown);
  });

  test("nobody", () => {
    expect(showCaller(ana, "off")).toEqual({ name: "", arn: "" });
  });
});
