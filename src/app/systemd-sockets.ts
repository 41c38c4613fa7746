import { UsageError } from "./account-regions.ts";

/** The first descriptor that systemd passes. https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html */
const FIRST_DESCRIPTOR = 3;
const MAX_SOCKETS = 100;

/** The descriptors of the sockets that systemd passes to this process. Throws a UsageError if there are none. */
export function systemdSockets(
  environment: NodeJS.ProcessEnv,
  processId: number,
): readonly { readonly fd: number }[] {
  const { LISTEN_PID: owner = "", LISTEN_FDS: written = "" } = environment;
  const count = /^\d{1,4}$/.test(written) ? Number(written) : 0;
  if (owner !== String(processId) || count < 1 || count > MAX_SOCKETS) {
    throw new UsageError(
      `--web.systemd-socket: systemd passed no socket to this process (LISTEN_PID=${owner} LISTEN_FDS=${written}); start it by a unit with a .socket unit, or remove the flag`,
    );
  }
  return Array.from({ length: count }, (_, index) => ({ fd: FIRST_DESCRIPTOR + index }));
}
