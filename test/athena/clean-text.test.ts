import { expect, test } from "vitest";
import { cleanText } from "../../src/athena/clean-text.ts";
import { describe as describeError } from "../../src/athena/classify.ts";
import { readIdentity } from "../../src/athena/identity.ts";
import { RESPONSE_READERS, type ResponseReaders } from "../../src/athena/read-response.ts";

/** What no output may contain, apart from the places where lines end. */
const DANGEROUS =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u00AD\u200B\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/u;
const CHUNK = 500;
const NOW = Date.UTC(2026, 0, 1);

/** Every code point, lone surrogates included, in texts that no limit cuts. */
const CHUNKS = Array.from({ length: Math.ceil(0x110000 / CHUNK) }, (_, chunk) =>
  Array.from({ length: Math.min(CHUNK, 0x110000 - chunk * CHUNK) }, (_, index) =>
    String.fromCodePoint(chunk * CHUNK + index),
  ).join(""),
);

/** Every text in a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function read(operation: keyof ResponseReaders, output: object): unknown {
  return RESPONSE_READERS[operation](Buffer.from(JSON.stringify(output)), NOW);
}

const sessionOf = (text: string) => ({
  SessionId: text,
  Description: text,
  EngineVersion: { SelectedEngineVersion: text, EffectiveEngineVersion: text },
  Status: { State: text, StateChangeReason: text },
});

/** A response with the text in every field, for each operation. */
const RESPONSES: readonly [keyof ResponseReaders, (text: string) => object][] = [
  ["ListSessions", (text) => ({ Sessions: [sessionOf(text)] })],
  ["GetSessionStatus", sessionOf],
  [
    "GetSession",
    (text) => ({ ...sessionOf(text), EngineVersion: text, SessionConfiguration: { ExecutionRole: text } }),
  ],
  [
    "ListWorkGroups",
    (text) => ({ WorkGroups: [{ Name: text, EngineVersion: { SelectedEngineVersion: text } }] }),
  ],
  ["ListTagsForResource", (text) => ({ Tags: [{ Key: text, Value: text }] })],
];

test.each(RESPONSES)(
  "no field of %s brings in a dangerous code point of any plane",
  (operation, responseOf) => {
    const dangerous = CHUNKS.flatMap((chunk) => textsIn(read(operation, responseOf(`x${chunk}`)))).filter(
      (text) => DANGEROUS.test(text),
    );
    expect(dangerous).toEqual([]);
  },
);

test("neither errors nor the caller's ARN bring in a dangerous code point", () => {
  const dangerous = CHUNKS.flatMap((chunk) => {
    const error = Object.assign(new Error(chunk), { name: chunk });
    return [describeError(error), readIdentity({ Account: "123456789012", Arn: chunk }).arn];
  }).filter((text) => DANGEROUS.test(text));
  expect(dangerous).toEqual([]);
});

test("what people write stays as it is", () => {
  const texts = [
    "Zoë's naïve ETL — 50% „off“",
    "日本語のジョブ",
    "שלום",
    "مرحبا",
    "👩‍👩‍👧 ❤️ 🏴",
    "क्षि",
    "a\u200Cb",
  ];
  expect(texts.map((text) => cleanText(text, 100))).toEqual(texts);
});

test("a forged row, an escape sequence and a reversed name become visible", () => {
  expect(cleanText("a\r\nb\u001b[2Jc\u202Ed\u0000\u009b", 100)).toBe("a b\uFFFD[2Jc\uFFFDd\uFFFD\uFFFD");
});

test("the name of an error is bounded, so that its message is shown", () => {
  const error = Object.assign(new Error("why"), { name: "N".repeat(10_000) });
  expect(describeError(error)).toBe(`${"N".repeat(100)}: why`);
});
