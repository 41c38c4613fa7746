import { expect, test } from "vitest";
import { OwnCredentials } from "../../src/athena/own-credentials.ts";

const HUNG_MS = 5000;

interface Read {
  readonly succeed: () => void;
  readonly fail: (error: Error) => void;
}

/** Reads of credentials that end when the test says so, in any order. */
function startReads() {
  let nowMs = 0;
  const reads: Read[] = [];
  const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs, after: () => () => {} };
  const own = new OwnCredentials(clock, () => async () => {
    return new Promise((resolve, fail) => {
      const accessKeyId = `key ${reads.length}`;
      reads.push({ succeed: () => resolve({ accessKeyId, secretAccessKey: "secret" }), fail });
    });
  });
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { own, reads, advance };
}

test("an abandoned read that ends late does not replace newer credentials", async () => {
  const { own, reads, advance } = startReads();
  const abandoned = own.get();
  advance(HUNG_MS);
  const newer = own.get();
  reads[1]?.succeed();
  await newer;
  reads[0]?.succeed();
  expect(await abandoned).toMatchObject({ accessKeyId: "key 0" });
  expect(await own.get()).toMatchObject({ accessKeyId: "key 1" });
});

test("an abandoned read that fails late starts no further read beside the one in progress", async () => {
  const { own, reads, advance } = startReads();
  const abandoned = own.get();
  advance(HUNG_MS);
  const newer = own.get();
  reads[0]?.fail(new Error("the credential process failed"));
  await expect(abandoned).rejects.toMatchObject({ reason: "credentials" });
  const shared = own.get();
  reads[1]?.succeed();
  expect(await shared).toBe(await newer);
  expect(reads).toHaveLength(2);
});
