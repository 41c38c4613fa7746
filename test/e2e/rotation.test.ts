import { renameSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { hashSync } from "bcryptjs";
import { expect, onTestFinished, test } from "vitest";
import { CertificateFolder } from "../certificates.ts";
import { get } from "../http/access/client.ts";
import { startExporter } from "./exporter.ts";
import { environmentOf, startTestSimulator } from "./test-simulator.ts";
import { until } from "./until.ts";

const SCRAPES = 10_000;
const CLIENTS = 16;
/** Half a minute on two cores that are idle. */
const TIMEOUT_MS = 600_000;

test(
  "10,000 scrapes succeed while certificates and users change every second, and those who are removed get in no more",
  async () => {
    const folder = new CertificateFolder();
    onTestFinished(() => folder.remove());
    const ca = folder.create("ca", { isCa: true });
    folder.create("server", { issuer: ca });
    const steady = hashSync("steady", 8);
    const yaml = (generation: number) =>
      `tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\nbasic_auth_users:\n  steady: ${steady}\n  user-${generation}: ${hashSync("changing", 4)}\n`;
    const simulator = await startTestSimulator();
    const exporter = await startExporter([`--web.config.file=${folder.write("web.yml", yaml(0))}`], {
      environment: environmentOf(simulator),
      scheme: "https",
    });
    const { port } = exporter;
    const serials = new Set<string>();
    const failures: string[] = [];
    let generation = 0;
    const progress = { left: SCRAPES };

    /** Half of the clients keep their connections, as Prometheus does; half connect for each scrape. */
    const scrape = async (client: number) => {
      const agent = client % 2 === 0 ? new Agent({ keepAlive: true, maxSockets: 1 }) : false;
      while (progress.left > 0) {
        progress.left -= 1;
        try {
          const { status, serial } = await get(port, {
            usesTls: true,
            path: "/metrics",
            agent,
            ca: ca.cert,
            auth: "steady:steady",
          });
          serials.add(serial);
          if (status !== 200) failures.push(String(status));
        } catch (error) {
          failures.push(String(error));
        }
      }
      if (agent !== false) agent.destroy();
    };
    const rotate = async () => {
      while (progress.left > 0) {
        await sleep(1000);
        generation += 1;
        const next = folder.create("next", { issuer: ca });
        // One after the other, so that for a moment they do not belong together.
        renameSync(next.keyFile, folder.fileOf("server.key"));
        renameSync(next.certFile, folder.fileOf("server.crt"));
        writeFileSync(folder.fileOf("web.new"), yaml(generation));
        renameSync(folder.fileOf("web.new"), folder.fileOf("web.yml"));
      }
    };
    await Promise.all([rotate(), ...Array.from({ length: CLIENTS }, (_, client) => scrape(client))]);

    expect(failures).toEqual([]);
    expect(serials.size).toBeGreaterThan(2);
    const statusOf = async (user: string) =>
      (await get(port, { usesTls: true, ca: ca.cert, auth: `${user}:changing` })).status;
    await until("the last user to be accepted", async () => (await statusOf(`user-${generation}`)) === 200);
    expect(await statusOf(`user-${generation - 1}`)).toBe(401);
    // A check may come between two files that are replaced, twice in a row where the machine is busy; nothing else goes wrong.
    const errors = exporter.lines().filter(({ level }) => level === "error" || level === "fatal");
    expect(errors.filter(({ msg }) => !msg.includes("the former ones stay in use"))).toEqual([]);
  },
  TIMEOUT_MS,
);
