import { exec } from "node:child_process";
import { externalDataInterceptor } from "@smithy/core/config";

/** Far longer than a credential process takes that can still succeed. */
const LONGEST_MS = 60_000;

/**
 * Lets the SDK kill credential processes that hang. By itself it waits for ever, so each retry would leave a child behind; it has no
 * setting for that, but runs `exec` as it finds it here.
 */
export function limitCredentialProcesses(longestMs = LONGEST_MS): void {
  externalDataInterceptor.interceptToken(
    "exec",
    (command: string, done: (error: Error | null, output: { readonly stdout: string }) => void) =>
      exec(command, { timeout: longestMs, killSignal: "SIGKILL" }, (error, stdout) =>
        done(error, { stdout }),
      ),
  );
}
