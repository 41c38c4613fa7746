import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dashboardJson, DASHBOARDS } from "../../grafana/dashboards.ts";

// This test is the generator too: `npm run dashboards` runs it with --update, which writes the files.

test.each(DASHBOARDS)(
  "$title is in the folder as its source makes it; if not, `npm run dashboards` writes it",
  async (dashboard) => {
    const path = new URL(`../../grafana/dashboards/${dashboard.uid}.json`, import.meta.url);
    await expect(dashboardJson(dashboard)).toMatchFileSnapshot(fileURLToPath(path));
  },
);
