import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { runExporter, spawnExporter, startExporter } from "./exporter.ts";
import { freePort } from "./port.ts";
import { until } from "./until.ts";

/** What no output may contain, apart from the line feeds at the ends of its own lines and the colours of a terminal. */
const DANGEROUS =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u00AD\u200B\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/gu;

/** All of these in texts of 50; the first can forge a row and an escape sequence. */
const HOSTILE = [
  "\n111111111111 forged row\r\n\u001b[2J\u001b]0;title\u0007\u0000",
  ...chunks(Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter(isDangerous)),
];

/** Of the surrogates, which are one kind, only a few. */
function isDangerous(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const isSurrogate = code >= 0xd800 && code < 0xe000;
  return character.match(DANGEROUS) !== null && (!isSurrogate || code % 256 === 0);
}

function chunks(characters: readonly string[]): string[] {
  const count = Math.ceil(characters.length / 50);
  return Array.from({ length: count }, (_, index) => characters.slice(index * 50, index * 50 + 50).join(""));
}

/** An API of Athena and STS whose every text is hostile. */
async function startHostileAws(): Promise<Readonly<Record<string, string>>> {
  const seconds = Date.now() / 1000 - 7200;
  const session = (text: string, index: number) => ({
    SessionId: `${index}${text}`,
    Description: text,
    EngineVersion: { EffectiveEngineVersion: `PySpark${text}` },
    Status: {
      State: index % 2 === 0 ? "IDLE" : "DEGRADED",
      StateChangeReason: text,
      StartDateTime: seconds,
      LastModifiedDateTime: seconds,
      IdleSinceDateTime: seconds,
    },
  });
  const answers: Readonly<Record<string, (workgroup: string) => object>> = {
    ListWorkGroups: () => ({
      WorkGroups: ["failing", "etl", ...HOSTILE].map((name, index) => ({
        Name: name === "failing" ? name : `${index}${name}`,
        EngineVersion: { EffectiveEngineVersion: "PySpark engine version 3" },
      })),
    }),
    ListSessions: (workgroup) =>
      workgroup === "failing"
        ? { __type: HOSTILE.join("").slice(0, 3000), message: HOSTILE.join("") }
        : { Sessions: HOSTILE.map(session) },
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data: Buffer) => (body += data.toString()));
    request.on("end", () => {
      const [, operation] = String(request.headers["x-amz-target"] ?? "").split(".");
      if (operation === undefined) {
        response.setHeader("content-type", "text/xml");
        response.end(
          `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/&#27;&#x202e;</Arn><UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
        );
        return;
      }
      const { WorkGroup = "" } = JSON.parse(body) as { WorkGroup?: string };
      const answer = answers[operation]?.(WorkGroup) ?? {
        __type: `${HOSTILE[0]}Exception`,
        message: HOSTILE[0],
      };
      response.statusCode = "__type" in answer ? 400 : 200;
      response.setHeader("content-type", "application/x-amz-json-1.1");
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "AKIAHOSTILEHOSTILE00",
    AWS_SECRET_ACCESS_KEY: "hostile",
  };
}

/** The dangerous code points of a text of lines. */
function dangerousIn(text: string): string[] {
  const found = text.replaceAll(/\n/g, "").match(DANGEROUS) ?? [];
  return [...new Set(found)].map((character) => `U+${character.codePointAt(0)?.toString(16)}`);
}

test("hostile text of AWS reaches neither exposition, page nor JSON log", async () => {
  const environment = await startHostileAws();
  const args = ["--poll.interval=1s", "--log.level=debug"];
  const exporter = await (await startExporter(args, { environment })).untilReady();
  const exposition = await exporter.metrics();
  const page = await (await exporter.get("/?q=forged%0a%1b%e2%80%ae")).text();
  await until("a failure in the log", () => exporter.program.stderr.includes('"workgroup":"failing"'));
  expect(exposition).toContain("forged row");
  expect(page).toContain("forged");
  for (const text of [exposition, page, exporter.program.stderr]) expect(dangerousIn(text)).toEqual([]);
});

test("hostile text of AWS reaches no pretty log", async () => {
  const environment = await startHostileAws();
  const args = [
    "--poll.interval=1s",
    "--log.format=pretty",
    `--web.listen-address=127.0.0.1:${await freePort()}`,
  ];
  const { program } = await spawnExporter(args, { environment });
  await until("a failure in the log", () => program.stderr.includes('"workgroup":"failing"'));
  expect(dangerousIn(program.stderr)).toEqual([]);
});

test("hostile text of AWS forges no row of a table, and reaches no JSON or check", async () => {
  const environment = await startHostileAws();
  const table = await runExporter(["sessions"], { environment });
  const rows = table.stdout.trimEnd().split("\n");
  expect(dangerousIn(table.stdout + table.stderr)).toEqual([]);
  expect(rows.length - 1).toBe((HOSTILE.length + 1) * HOSTILE.length);
  const json = await runExporter(["sessions", "--output=json"], { environment });
  expect(dangerousIn(json.stdout)).toEqual([]);
  expect(JSON.parse(json.stdout)).toHaveLength(rows.length - 1);
  const check = await runExporter(["check"], { environment });
  expect(check.stdout).toContain("credentials are those of arn:aws:iam::123456789012:user/");
  expect(dangerousIn(check.stdout + check.stderr)).toEqual([]);
});
