import { createHash } from "node:crypto";
import type { Session } from "../src/sessions/session.ts";
import type { AccountOptions } from "../src/simulator/account.ts";

export const ACCOUNT_ID = "123456789012";
export const REGION = "eu-west-1";
const ENGINE = "PySpark engine version 3";
const STATES = ["IDLE", "BUSY", "IDLE", "IDLE", "BUSY"] as const;
const MINUTE_MS = 60_000;

/** How large a made-up fleet is. None of its sessions starts or ends. */
export interface FleetSize {
  readonly workgroups: number;
  /** In each workgroup. */
  readonly sessions: number;
  /** Unix milliseconds: when it was like this. */
  readonly epochMs: number;
}

interface FleetSession {
  readonly id: string;
  readonly state: (typeof STATES)[number];
  readonly startMs: number;
  /** When it came into `state`. */
  readonly atMs: number;
  readonly description: string;
}

/** Accounts behind one role each, as the configuration file has them. */
export function accountsYaml(accounts: number): string {
  const ids = Array.from(
    { length: accounts },
    (_, index) => `account-${index}: "${100_000_000_000 + index}"`,
  );
  const role = '"arn:aws:iam::{account_id}:role/athena-session-exporter"';
  return `accounts: [{role_arn: ${role}, regions: [eu-west-1], account_ids: {${ids.join(", ")}}}]\n`;
}

export function workgroupNames({ workgroups }: FleetSize): string[] {
  return Array.from({ length: workgroups }, (_, index) => `team-${index % 97}-etl-${index}`);
}

/** A workgroup's sessions as Athena's answers show them, newest first. */
export function sessionsOf(workgroup: string, size: FleetSize): Session[] {
  return fleetSessions(workgroup, size).map(({ id, state, startMs, atMs, description }) => ({
    id,
    state,
    startMs,
    lastModifiedMs: atMs,
    ...(state === "IDLE" && { idleSinceMs: atMs }),
    description,
    engineVersion: ENGINE,
  }));
}

/** The fleet as the simulator takes it: one account, one region. */
export function simulatorAccounts(size: FleetSize): readonly AccountOptions[] {
  const workgroups = workgroupNames(size).map((name) => ({
    name,
    engine: ENGINE,
    sessions: fleetSessions(name, size),
  }));
  return [
    {
      id: ACCOUNT_ID,
      keys: [{ accessKeyId: "AKIABENCHBENCHBENCHB", secretAccessKey: "secret-of-a-simulated-user" }],
      regions: { [REGION]: workgroups },
    },
  ];
}

function fleetSessions(workgroup: string, { sessions, epochMs }: FleetSize): FleetSession[] {
  return Array.from({ length: sessions }, (_, index) => {
    const digest = createHash("sha256").update(`${workgroup}/${index}`).digest();
    const atMs = epochMs - (index + 1) * 5 * MINUTE_MS - (digest.readUInt16BE(0) % MINUTE_MS);
    return {
      id: uuid(digest.toString("hex")),
      state: STATES[index % STATES.length] ?? "IDLE",
      startMs: atMs - MINUTE_MS,
      atMs,
      description: `airflow job_${workgroup}_${index} try 1`,
    };
  });
}

function uuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
