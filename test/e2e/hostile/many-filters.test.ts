import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { RENDERED_PATHS, report, SERVED, readyFleet, visits, TEST_TIMEOUT_MS } from "./attack.ts";

test(
  "50 requests a second for the page or a list, each with another filter",
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const exporter = await readyFleet();
    for (const path of RENDERED_PATHS) {
      const end = { isOver: false };
      const statuses = new Set<number>();
      const flood = (async () => {
        for (let index = 0; !end.isOver; index += 1) {
          void exporter.status(`${path}?q=team-${index}`).then(
            (status) => statuses.add(status),
            () => undefined,
          );
          await sleep(20);
        }
      })();
      expect(report(`${path}?q=: /metrics`, await visits(exporter, "/metrics", 20))).toEqual(SERVED);
      end.isOver = true;
      await flood;
      expect([...statuses].every((status) => status === 200 || status === 503)).toBe(true);
    }
  },
);
