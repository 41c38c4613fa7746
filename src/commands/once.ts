import { rename, rm, writeFile } from "node:fs/promises";
import { EXIT, type ExitCode, type Host } from "../app/host.ts";
import { failuresOf, pollOnce } from "../app/poll-once.ts";
import { findPollScope } from "../app/poll-scope.ts";
import type { Config } from "../config/config.ts";
import { gaugesText } from "../exposition/body-segments.ts";
import { WorkgroupSegments } from "../exposition/workgroup-segments.ts";
import { WORKGROUP_FAMILIES } from "../metrics/workgroup-lines.ts";
import { renderAccounts } from "../metrics/accounts-text.ts";
import { RECONCILIATION_FILTERS } from "../sessions/reconciliation.ts";

/** One poll of every workgroup as text exposition, to stdout or to `outputFile`; failures go to stderr. */
export async function once(config: Config, outputFile: string | undefined, host: Host): Promise<ExitCode> {
  const scope = await findPollScope(config, host);
  const manager = await pollOnce(config, scope, host, RECONCILIATION_FILTERS);
  const workgroups = new WorkgroupSegments(WORKGROUP_FAMILIES, host.clock);
  manager.renderTo(workgroups);
  const text = gaugesText(workgroups) + renderAccounts(manager.board, "text");
  if (outputFile === undefined) await host.print(text);
  else await replaceFile(outputFile, text);
  const failures = failuresOf(manager);
  for (const failure of failures) host.printError(`${failure}\n`);
  return failures.length === 0 ? EXIT.done : EXIT.failed;
}

/** A reader sees the old text or the new one, never a part: node_exporter reads at any time. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o644 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`--output.file=${path} cannot be written: ${why}`, { cause: error });
  }
}
