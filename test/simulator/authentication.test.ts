import { ListSessionsCommand, ListWorkGroupsCommand } from "@aws-sdk/client-athena";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { ACCOUNT_ID, OTHER_ACCOUNT_ID } from "./accounts.ts";
import { type RawRequest, sendRaw } from "./raw-request.ts";
import { athena, simulate, sts } from "./harness.ts";

const ROLE_ARN = `arn:aws:iam::${OTHER_ACCOUNT_ID}:role/exporter`;
const ASSUME_ROLE_INPUT = { RoleArn: ROLE_ARN, RoleSessionName: "test", ExternalId: "hush" };
const SIX_MINUTES_MS = 360_000;

test.each<[string, RawRequest, string, RegExp]>([
  ["no signature", { anonymous: true }, "MissingAuthenticationTokenException", /Missing/],
  ["a wrong secret", { secretAccessKey: "x" }, "InvalidSignatureException", /does not match/],
  ["an unknown key", { accessKeyId: "AKIANOBODY" }, "UnrecognizedClientException", /invalid/],
  ["an unknown region", { region: "mars-north-1" }, "InvalidSignatureException", /valid region/],
  [
    "a signature for another service",
    { service: "s3" },
    "InvalidSignatureException",
    /correct service: 'athena'/,
  ],
  ["an old signature", { signedAtMs: Date.now() - SIX_MINUTES_MS }, "InvalidSignatureException", /expired/],
  [
    "a signature from the future",
    { signedAtMs: Date.now() + SIX_MINUTES_MS },
    "InvalidSignatureException",
    /not yet current/,
  ],
  [
    "an unsigned X-Amz-* header",
    { unsigned: { "x-amz-user": "me" } },
    "InvalidSignatureException",
    /x-amz-user/,
  ],
  [
    "a header that was changed after signing",
    { unsigned: { "content-type": "application/x-amz-json-1.1;a" } },
    "InvalidSignatureException",
    /match/,
  ],
  [
    "another authentication scheme",
    { unsigned: { authorization: "Basic Og==" } },
    "IncompleteSignatureException",
    /AWS4/,
  ],
])("%s is refused", async (_, raw, type, words) => {
  const { url } = await simulate();
  const response = await sendRaw(url, { body: '{"WorkGroup":"etl"}', ...raw });
  expect([response.status, response.type]).toEqual([400, type]);
  expect(response.text).toMatch(words);
});

test("a body that was changed after signing is refused", async () => {
  const { url } = await simulate();
  const forged = await sendRaw(url, { body: '{"WorkGroup":"etl"}', sentBody: '{"WorkGroup":"notebooks"}' });
  expect(forged.type).toBe("InvalidSignatureException");
});

test("a client whose clock is an hour off corrects itself from the Date header", async () => {
  const ahead = { ...systemClock, wallMs: () => systemClock.wallMs() + 3_600_000 };
  const simulator = await simulate({ clock: ahead });
  const response = await athena(simulator, { maxAttempts: 3 }).send(
    new ListSessionsCommand({ WorkGroup: "etl" }),
  );
  expect(response.Sessions).toEqual([]);
  expect(simulator.requests.entries.map(({ error }) => error)).toEqual(["InvalidSignatureException", ""]);
});

test("GetCallerIdentity returns the caller", async () => {
  const simulator = await simulate();
  expect(await sts(simulator).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: ACCOUNT_ID,
    Arn: `arn:aws:iam::${ACCOUNT_ID}:user/exporter`,
  });
});

test("credentials of an assumed role are valid in its account until they expire", async () => {
  let nowMs = Date.now();
  const simulator = await simulate({ clock: { ...systemClock, wallMs: () => nowMs } });
  const { Credentials } = await sts(simulator).send(new AssumeRoleCommand(ASSUME_ROLE_INPUT));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  expect(Credentials?.Expiration?.getTime()).toBe(nowMs + 3_600_000);
  const listed = await athena(simulator, { credentials }).send(new ListWorkGroupsCommand({}));
  expect(listed.WorkGroups?.map(({ Name }) => Name)).toEqual(["etl"]);
  const identity = await sts(simulator, { credentials }).send(new GetCallerIdentityCommand({}));
  expect(identity.Arn).toBe(`arn:aws:sts::${OTHER_ACCOUNT_ID}:assumed-role/exporter/test`);
  const wrongToken = { ...credentials, sessionToken: "another token" };
  await expect(
    athena(simulator, { credentials: wrongToken }).send(new ListWorkGroupsCommand({})),
  ).rejects.toThrow(expect.objectContaining({ name: "UnrecognizedClientException" }));
  nowMs += 3_600_001;
  simulator.settings.maxSkewMs = Infinity;
  await expect(athena(simulator, { credentials }).send(new ListWorkGroupsCommand({}))).rejects.toThrow(
    expect.objectContaining({ name: "ExpiredTokenException" }),
  );
  await expect(sts(simulator, { credentials }).send(new GetCallerIdentityCommand({}))).rejects.toThrow(
    expect.objectContaining({ name: "ExpiredToken" }),
  );
});

test.each([
  ["a wrong external id", { ExternalId: "guess" }, "AccessDenied"],
  ["no external id", { ExternalId: undefined }, "AccessDenied"],
  ["an unknown role", { RoleArn: `${ROLE_ARN}-2` }, "AccessDenied"],
  ["an ARN that is not a role's", { RoleArn: "arn:aws:s3:::bucket/object" }, "ValidationError"],
  ["too short a duration", { DurationSeconds: 899 }, "ValidationError"],
  ["a session name with a space", { RoleSessionName: "a b" }, "ValidationError"],
])("AssumeRole with %s is refused", async (_, change, name) => {
  const simulator = await simulate();
  const call = sts(simulator).send(new AssumeRoleCommand({ ...ASSUME_ROLE_INPUT, ...change }));
  await expect(call).rejects.toThrow(expect.objectContaining({ name }));
});

test("a role that trusts only another account cannot be assumed", async () => {
  const accounts = [
    {
      id: ACCOUNT_ID,
      keys: [{ accessKeyId: "AKIASIMULATOREXPORT1", secretAccessKey: "a secret of the tests" }],
      regions: {},
    },
    { id: OTHER_ACCOUNT_ID, roles: [{ name: "exporter", trustedAccountId: "333333333333" }], regions: {} },
  ];
  const simulator = await simulate({ accounts });
  await expect(sts(simulator).send(new AssumeRoleCommand(ASSUME_ROLE_INPUT))).rejects.toThrow(
    /not authorized to perform: sts:AssumeRole/,
  );
});
