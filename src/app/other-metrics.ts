import type { OtherMetrics } from "../exposition/exposition.ts";
import { renderAccounts } from "../metrics/accounts-text.ts";
import type { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import type { PollManager } from "./poll-manager.ts";

/** The metrics of accounts, of the organization and of the exporter itself. */
export function otherMetrics(manager: PollManager, metrics: ExporterMetrics): OtherMetrics {
  return {
    async text(format) {
      const own = await metrics.text(format);
      manager.expireText();
      return renderAccounts(manager.board, format) + own;
    },
    recordExpositionDelay: (delayMs) => metrics.recordExpositionDelay(delayMs),
  };
}
