import { expect, test } from "vitest";
import { showProgress } from "../../src/app/progress.ts";
import { VirtualClock } from "../poll/virtual-clock.ts";

async function shown(isTerminal: boolean, durationMs: number): Promise<string> {
  const clock = new VirtualClock();
  let stderr = "";
  const printError = (text: string) => {
    stderr += text;
  };
  const hide = showProgress({ clock, isTerminal, printError }, () => `at ${clock.monotonicMs()} ms`);
  await clock.advance(durationMs);
  hide();
  expect(clock.timers).toBe(0);
  return stderr;
}

test("a command that takes over 2 s shows how far it is in one line, which it clears at the end", async () => {
  expect(await shown(true, 1_999)).toBe("");
  expect(await shown(true, 2_300)).toBe("\r\u001B[Kat 2000 ms\r\u001B[Kat 2250 ms\r\u001B[K");
});

test("there is no progress where stderr is no terminal", async () => {
  expect(await shown(false, 60_000)).toBe("");
});
