import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { until } from "../until.ts";

/** Minutes are accelerated to seconds, but "for", keep_firing_for and group_interval can add up to more than half a minute. */
const DEADLINE_MS = 60_000;

/** An alert in a webhook notification. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface AlertNotification {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A receiver of Alertmanager's notifications. */
export class Webhook {
  readonly url: string;
  readonly #notifications: AlertNotification[];

  constructor(url: string, notifications: AlertNotification[]) {
    this.url = url;
    this.#notifications = notifications;
  }

  /** All notifications so far, oldest first; an alert is repeated when another alert of its group changes. */
  get notifications(): readonly AlertNotification[] {
    return this.#notifications;
  }

  /** Waits until the last notification of an alert with these labels has this status. */
  async until(
    status: AlertNotification["status"],
    labels: Readonly<Record<string, string>>,
  ): Promise<AlertNotification> {
    return until(
      `${JSON.stringify(labels)} to be ${status}`,
      () => {
        const alert = this.last(labels);
        return alert?.status === status && alert;
      },
      DEADLINE_MS,
    );
  }

  /** The last notification of an alert with these labels, which can include `alertname`. */
  last(labels: Readonly<Record<string, string>>): AlertNotification | undefined {
    return this.#notifications.findLast((alert) =>
      Object.entries(labels).every(([name, value]) => alert.labels[name] === value),
    );
  }
}

/** Starts a receiver on a free port that is stopped when the test ends. */
export async function startWebhook(): Promise<Webhook> {
  const notifications: AlertNotification[] = [];
  const server = createServer((request, response) => {
    void alertsOf(request).then((alerts) => {
      notifications.push(...alerts);
      return response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return new Webhook(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, notifications);
}

async function alertsOf(request: IncomingMessage): Promise<readonly AlertNotification[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { alerts } = JSON.parse(Buffer.concat(chunks).toString()) as {
    readonly alerts: readonly AlertNotification[];
  };
  return alerts;
}
