import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { terminateCommand } from "../../src/snapshot/terminate-command.ts";

test("the command contains the session and its region", () => {
  expect(terminateCommand("eu-west-1", "174de3ff-2547-4a02-82f2-1282eb6bb214")).toBe(
    "aws athena terminate-session --region eu-west-1 --session-id 174de3ff-2547-4a02-82f2-1282eb6bb214",
  );
});

test.each([
  ["a b", "'a b'"],
  ["$(reboot)", "'$(reboot)'"],
  ["`reboot`;x", "'`reboot`;x'"],
  ["it's", String.raw`'it'\''s'`],
  ["-x", "'-x'"],
])("an id and a region of the form %s are quoted", (text, quoted) => {
  expect(terminateCommand("r-1", text)).toBe(
    `aws athena terminate-session --region r-1 --session-id ${quoted}`,
  );
  expect(terminateCommand(text, "s-1")).toBe(
    `aws athena terminate-session --region ${quoted} --session-id s-1`,
  );
});

test.each(["", "two\nlines", "\u001b[201~reboot", "a\u202eb", "数据"])(
  "there is no command for an id or a region that is not printable ASCII: %j",
  (text) => {
    expect(terminateCommand("eu-west-1", text)).toBeUndefined();
    expect(terminateCommand(text, "s-1")).toBeUndefined();
  },
);

test("a shell parses the command into the original arguments", () => {
  const printable = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(printable, printable, (region, id) => {
      const command = terminateCommand(region, id) ?? "";
      const read = execFileSync("/bin/sh", ["-c", command.replace(/^aws/, String.raw`printf '%s\n'`)]);
      expect(read.toString()).toBe(
        ["athena", "terminate-session", "--region", region, "--session-id", id, ""].join("\n"),
      );
    }),
    { numRuns: 40 },
  );
});
