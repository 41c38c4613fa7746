import { expect, test } from "vitest";
import { OwnCredentials } from "../../src/athena/own-credentials.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

class TestClock {
  ms = 0;
  wallMs = () => Date.UTC(2026, 0, 1) + this.ms;
  monotonicMs = () => this.ms;
  after = () => () => {};
}

/** Credentials from a provider chain that returns what `read` does, and the number of reads. */
function ownCredentials(read: (reads: number) => Promise<{ readonly expiration?: Date }>) {
  const clock = new TestClock();
  const counted = { reads: 0 };
  const own = new OwnCredentials(clock, () => async () => {
    counted.reads += 1;
    const { expiration } = await read(counted.reads);
    return {
      accessKeyId: `key ${counted.reads}`,
      secretAccessKey: "secret",
      ...(expiration !== undefined && { expiration }),
    };
  });
  return { clock, counted, own };
}

test("all accounts and regions share one read of the credentials", async () => {
  const { counted, own } = ownCredentials(async () => ({}));
  const all = await Promise.all([own.get(), own.get(), own.get()]);
  expect([counted.reads, new Set(all).size]).toEqual([1, 1]);
  await own.get();
  expect(counted.reads).toBe(1);
});

test("credentials are refreshed five minutes before they expire", async () => {
  const expiration = new Date(Date.UTC(2026, 0, 1) + HOUR_MS);
  const { clock, counted, own } = ownCredentials(async () => ({ expiration }));
  await own.get();
  clock.ms = 55 * MINUTE_MS - 1;
  await own.get();
  expect(counted.reads).toBe(1);
  clock.ms = 55 * MINUTE_MS;
  await own.get();
  expect(counted.reads).toBe(2);
});

test("credentials that AWS rejected are refreshed once, however many requests were rejected", async () => {
  const { counted, own } = ownCredentials(async () => ({}));
  const refused = await own.get();
  own.refuse(refused);
  const next = await own.get();
  own.refuse(refused);
  expect(await own.get()).toBe(next);
  expect(counted.reads).toBe(2);
});

test("a failed read is reported with the reason credentials, and the next call tries again", async () => {
  const { own } = ownCredentials(async (reads) => {
    if (reads === 1) throw Object.assign(new Error("no such token file"), { code: "ENOENT" });
    return {};
  });
  const failed = own.get();
  await expect(failed).rejects.toMatchObject({ reason: "credentials" });
  await expect(failed).rejects.toThrow(/no such token file/);
  expect(await own.get()).toMatchObject({ accessKeyId: "key 2" });
});

test("the error names an AWS profile that does not exist", async () => {
  const previous = process.env["AWS_PROFILE"];
  process.env["AWS_PROFILE"] = "no-such-profile";
  try {
    const { own } = ownCredentials(async () => {
      throw Object.assign(new Error("no providers"), { name: "CredentialsProviderError" });
    });
    const failed = own.get();
    await expect(failed).rejects.toMatchObject({ reason: "credentials" });
    await expect(failed).rejects.toThrow(
      /AWS_PROFILE names the profile "no-such-profile", which is neither in/,
    );
  } finally {
    if (previous === undefined) delete process.env["AWS_PROFILE"];
    else process.env["AWS_PROFILE"] = previous;
  }
});

test("a provider that hangs for an hour is called only a few times, and is used again once it responds", async () => {
  let isHung = true;
  const { clock, counted, own } = ownCredentials(async () => (isHung ? new Promise(() => {}) : {}));
  for (; clock.ms < HOUR_MS; clock.ms += 1000) void own.get();
  expect(counted.reads).toBeLessThanOrEqual(14);
  isHung = false;
  clock.ms += 10 * MINUTE_MS;
  expect(await own.get()).toBeDefined();
});
