import { parentPort } from "node:worker_threads";
import { compareSync } from "bcryptjs";

// A hash takes 70 ms or more, which would pause scrapes on the event loop of the exporter.
parentPort?.on("message", ({ password, hash }) => parentPort?.postMessage(compareSync(password, hash), []));
