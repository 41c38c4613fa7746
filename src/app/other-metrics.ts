import type { OtherMetrics } from "../exposition/exposition.ts";
import { renderAccounts } from "../metrics/accounts-text.ts";
import type { ExporterMetrics } from "../metrics/exporter-metrics.ts";
import type { PollManager } from "./poll-manager.ts";

/**
 * The metrics of accounts, of the organization and of the exporter itself.
 * @param sendText sends text of workgroups that waits
 */
export function otherMetrics(
  manager: Pick<PollManager, "board" | "textDelayMs">,
  metrics: ExporterMetrics,
  sendText: () => void,
): OtherMetrics {
  return {
    async text(format) {
      const own = await metrics.text(format);
      sendText();
      return renderAccounts(manager.board, format) + own;
    },
    recordExpositionDelay: (delayMs) => metrics.recordExpositionDelay(Math.max(delayMs, manager.textDelayMs)),
  };
}
