import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { compareSync } from "bcryptjs";

// A hash takes 70 ms or more, which would pause scrapes on the event loop of the exporter. Where cores are few, it must not take
// them from scrapes either; only Linux has priorities of threads.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

parentPort?.on("message", ({ password, hash }) => parentPort?.postMessage(compareSync(password, hash), []));
