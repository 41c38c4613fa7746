import { expect, test } from "vitest";
import { systemdSockets } from "../../src/app/systemd-sockets.ts";

test("descriptors begin at 3", () => {
  expect(systemdSockets({ LISTEN_PID: "42", LISTEN_FDS: "2" }, 42)).toEqual([{ fd: 3 }, { fd: 4 }]);
});

test.each([
  {},
  { LISTEN_PID: "41", LISTEN_FDS: "1" },
  { LISTEN_PID: "42", LISTEN_FDS: "0" },
  { LISTEN_PID: "42", LISTEN_FDS: "x" },
  { LISTEN_PID: "42" },
])("%j passes none to process 42", (environment) => {
  expect(() => systemdSockets(environment, 42)).toThrow(/^--web.systemd-socket: systemd passed no socket/);
});
