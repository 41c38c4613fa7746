import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { until } from "../until.ts";

/** The tests' minutes are seconds, but rules and groups wait for fifteen and more of them one after the other. */
const DEADLINE_MS = 60_000;

/** An alert as Alertmanager tells it to a webhook. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface ToldAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Whoever is on call: hears what Alertmanager tells. */
export class Webhook {
  readonly url: string;
  readonly #told: ToldAlert[];

  constructor(url: string, told: ToldAlert[]) {
    this.url = url;
    this.#told = told;
  }

  /** Everything told so far, oldest first; an alert of a group is told again with the group's others. */
  get told(): readonly ToldAlert[] {
    return this.#told;
  }

  /** Waits until the last that was told of an alert with these labels is this. */
  async until(status: ToldAlert["status"], labels: Readonly<Record<string, string>>): Promise<ToldAlert> {
    return until(
      `${JSON.stringify(labels)} to be ${status}`,
      () => {
        const alert = this.last(labels);
        return alert?.status === status && alert;
      },
      DEADLINE_MS,
    );
  }

  /** The last that was told of an alert with these labels, `alertname` among them. */
  last(labels: Readonly<Record<string, string>>): ToldAlert | undefined {
    return this.#told.findLast((alert) =>
      Object.entries(labels).every(([name, value]) => alert.labels[name] === value),
    );
  }
}

/** Starts a receiver of notifications on a port of its own. */
export async function startWebhook(): Promise<Webhook> {
  const told: ToldAlert[] = [];
  const server = createServer((request, response) => {
    void alertsOf(request).then((alerts) => {
      told.push(...alerts);
      return response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return new Webhook(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, told);
}

async function alertsOf(request: IncomingMessage): Promise<readonly ToldAlert[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as {
    readonly alerts: readonly ToldAlert[];
  };
  return alerts;
}
