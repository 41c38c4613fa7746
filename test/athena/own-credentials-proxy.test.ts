import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { OwnCredentials } from "../../src/athena/own-credentials.ts";
import { systemClock } from "../../src/clock.ts";

const RESPONSE = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Credentials>
      <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
      <SecretAccessKey>secret</SecretAccessKey>
      <SessionToken>token</SessionToken>
      <Expiration>2099-01-01T00:00:00Z</Expiration>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`;

const DENIAL = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>Sender</Type>
    <Code>AccessDenied</Code>
    <Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>
  </Error>
</ErrorResponse>`;

/** The own credentials by a web identity, with STS behind a proxy that answers every request with this response. */
async function webIdentity(statusCode: number, body: string) {
  const urls: string[] = [];
  const proxy = createServer((request, response) => {
    urls.push(request.url ?? "");
    response.writeHead(statusCode, { "Content-Type": "text/xml" }).end(body);
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const folder = await mkdtemp(join(tmpdir(), "web-identity-"));
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, "a token");
  const environment = {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined,
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
    AWS_CONFIG_FILE: "/nonexistent/config",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/exporter",
    AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
    AWS_ENDPOINT_URL_STS: "http://sts.example.invalid",
    HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NO_PROXY: undefined,
    no_proxy: undefined,
    http_proxy: undefined,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    proxy.closeAllConnections();
    proxy.close();
    await rm(folder, { recursive: true });
  });
  return { own: new OwnCredentials(systemClock), urls };
}

test("the credentials of a web identity are requested through the proxy", async () => {
  const { own, urls } = await webIdentity(200, RESPONSE);
  expect(await own.get()).toMatchObject({ accessKeyId: "ASIAEXAMPLE" });
  expect(urls).toEqual(["http://sts.example.invalid/"]);
});

test("a role that the web identity may not assume is a failure of the credentials, not of Athena's permissions", async () => {
  const { own } = await webIdentity(403, DENIAL);
  const failure = own.get();
  await expect(failure).rejects.toMatchObject({ reason: "credentials" });
  await expect(failure).rejects.toThrow(/Not authorized to perform sts:AssumeRoleWithWebIdentity/);
});
