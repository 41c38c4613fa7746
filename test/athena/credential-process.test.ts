import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { limitCredentialProcesses } from "../../src/athena/credential-process.ts";
import { OwnCredentials } from "../../src/athena/own-credentials.ts";
import { systemClock } from "../../src/clock.ts";

const folders: string[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  limitCredentialProcesses();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** The SDK's chain, with this credential process as its only source. */
async function ownCredentials(command: string): Promise<OwnCredentials> {
  const folder = await mkdtemp(join(tmpdir(), "credential-process-"));
  folders.push(folder);
  await writeFile(join(folder, "config"), `[default]\ncredential_process = ${command}\n`);
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "none"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  for (const name of ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    vi.stubEnv(name, undefined);
  return new OwnCredentials(systemClock);
}

test("a credential process that hangs is killed, and its credentials are missing", async () => {
  const own = await ownCredentials("exec sleep 1000");
  limitCredentialProcesses(100);
  await expect(own.get()).rejects.toMatchObject({ reason: "credentials" });
});

test("a credential process gives the credentials that it prints", async () => {
  const printed = JSON.stringify({ Version: 1, AccessKeyId: "key", SecretAccessKey: "secret" });
  const own = await ownCredentials(`echo '${printed}'`);
  expect(await own.get()).toMatchObject({ accessKeyId: "key", secretAccessKey: "secret" });
});
