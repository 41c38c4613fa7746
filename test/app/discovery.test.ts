import { expect, test } from "vitest";
import { startVirtual } from "./virtual-exporter.ts";

const SECOND_MS = 1000;
/** Within this, a request is sent that needs no permit of a poll. */
const SOON_MS = 100;

/** Times between the requests, in whole seconds. */
function gapsOf(sentMs: readonly number[]): number[] {
  return sentMs.slice(1).map((atMs, index) => Math.round((atMs - (sentMs[index] ?? 0)) / SECOND_MS));
}

test.each([
  ["by the discovery interval", 60, [5, 10, 20, 40, 60, 60]],
  ["at once, where the discovery interval is short", 3, [3, 3, 3, 3, 3, 3]],
])(
  "a failing discovery is tried again after 5 s, then after twice as long, limited %s",
  async (_limit, intervalSeconds, gaps) => {
    const { aws, clock } = startVirtual(
      { configured: [{ discovery: { intervalMs: intervalSeconds * SECOND_MS } }] },
      (aws) => aws.fault({ operation: "ListWorkGroups" }, "access_denied"),
    );
    await clock.advance(10 * 60 * SECOND_MS);
    expect(gapsOf(aws.sentMs({ operation: "ListWorkGroups" })).slice(0, gaps.length)).toEqual(gaps);
  },
);

test("after a success, discovery has its interval again, and the next failure is tried again after 5 s", async () => {
  let recover = () => {};
  const exporter = startVirtual({ configured: [{ discovery: { intervalMs: 60 * SECOND_MS } }] }, (aws) => {
    recover = aws.fault({ operation: "ListWorkGroups" }, "access_denied");
  });
  const { aws, clock } = exporter;
  await clock.advance(20 * SECOND_MS);
  recover();
  await exporter.advanceUntil("a success", () => exporter.account().up);
  const before = aws.sentMs({ operation: "ListWorkGroups" }).length;
  aws.fault({ operation: "ListWorkGroups" }, "access_denied");
  await clock.advance(80 * SECOND_MS);
  expect(gapsOf(aws.sentMs({ operation: "ListWorkGroups" }).slice(before - 1))).toEqual([60, 5, 10]);
});

test("a reload tries a failing discovery at once", async () => {
  const exporter = startVirtual({}, (aws) => aws.fault({ operation: "ListWorkGroups" }, "access_denied"));
  const { aws, clock } = exporter;
  await clock.advance(100 * SECOND_MS);
  const before = aws.sentMs({ operation: "ListWorkGroups" }).length;
  await exporter.reload();
  await clock.advance(SOON_MS);
  expect(aws.sentMs({ operation: "ListWorkGroups" })).toHaveLength(before + 1);
});

test.each([
  ["that lists workgroups often", {}, 0.85],
  ["that also reads the tags of many workgroups", { tags: { team: "data" } }, 0.75],
])(
  "at a rate limit of three requests a minute, a discovery %s goes on and leaves most requests to polls",
  async (_what, discovery, share) => {
    const { aws, clock } = startVirtual(
      {
        poll: { intervalMs: 60 * SECOND_MS, rateLimit: 3 / 60 },
        configured: [{ discovery: { intervalMs: 20 * SECOND_MS, ...discovery } }],
      },
      (fake) => {
        for (let index = 0; index < 40; index += 1)
          fake.addWorkgroup(`team-${index}`, { tags: { team: "data" } });
      },
    );
    await clock.advance(20 * 3600 * SECOND_MS);
    const listings = () => aws.sentMs({ operation: "ListWorkGroups" }).length;
    const [polls, discoveries] = [aws.sentMs({ operation: "ListSessions" }).length, listings()];
    await clock.advance(10 * 3600 * SECOND_MS);
    const later = aws.sentMs({ operation: "ListSessions" }).length - polls;
    expect(later / (10 * 3600 * (3 / 60))).toBeGreaterThan(share);
    expect(listings()).toBeGreaterThan(discoveries);
  },
);

test("credentials of another account: a workgroup of the same name is not polled before its own tags are read", async () => {
  const otherAccountId = "222222222222";
  const exporter = startVirtual(
    { configured: [{ discovery: { tags: { team: "data" }, intervalMs: 60 * SECOND_MS } }] },
    (aws) => {
      aws.addWorkgroup("etl", { tags: { team: "data" } });
      aws.addWorkgroup("etl", { accountId: otherAccountId, tags: { team: "web" } });
    },
  );
  const { aws, clock } = exporter;
  await exporter.advanceUntil("polled", () => exporter.hasPolled("etl"));
  const recover = aws.fault({ operation: "ListTagsForResource" }, "access_denied");
  aws.ownAccountId = otherAccountId;
  await exporter.advanceUntil(
    "the other account is known",
    () => exporter.account().accountId === otherAccountId,
  );
  for (let seconds = 0; seconds < 300; seconds += 1) {
    await clock.advance(SECOND_MS);
    expect(exporter.workgroups()).toEqual([]);
  }
  recover();
  await clock.advance(120 * SECOND_MS);
  expect(exporter.account()).toMatchObject({ up: true, workgroups: 0 });
});
