import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dashboardJson, DASHBOARDS } from "../../grafana/dashboards.ts";

// `npm run dashboards` runs this test with --update, which generates the files.

test.each(DASHBOARDS)(
  "the file of $title is up to date; if not, run `npm run dashboards`",
  async (dashboard) => {
    const path = new URL(`../../grafana/dashboards/${dashboard.uid}.json`, import.meta.url);
    await expect(dashboardJson(dashboard)).toMatchFileSnapshot(fileURLToPath(path));
  },
);
