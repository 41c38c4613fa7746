import type { AccessConfig } from "../config/web/access-config.ts";
import type { OtherMetrics } from "../exposition/exposition.ts";
import type { FamilyHeader } from "../metrics/text.ts";
import type { TextStore } from "../metrics/workgroup-renderer.ts";
import type { BoundAddress, ListenTarget } from "./listen.ts";
import type { Render } from "./rendered-paths.ts";

/** What the serving thread is started with. */
export interface ServingSettings {
  /** Of workgroups, in the order of the lines that TextStore gets. */
  readonly families: readonly FamilyHeader[];
  readonly telemetryPath: string;
  readonly routePrefix: string;
  readonly externalUrl?: string;
  readonly maxRequests: number;
  readonly access: AccessConfig;
  readonly hasOpenProbes: boolean;
  /** Whether `POST /-/reload` is allowed. */
  readonly canReload: boolean;
}

/** What the thread that polls does for the one that serves. */
export interface PollingCalls {
  /** See OtherMetrics. Text of workgroups that waits is sent before it. */
  readonly otherMetrics: OtherMetrics["text"];
  readonly recordExpositionDelay: OtherMetrics["recordExpositionDelay"];
  readonly render: Render;
  readonly isReady: () => Promise<boolean>;
  /** See AppOptions. */
  readonly reload: () => Promise<readonly string[]>;
  /** Receives the errors of handlers. */
  readonly onError: (error: unknown) => void;
}

/** What the thread that serves does for the one that polls; see HttpServer. */
export interface ServingCalls extends TextStore {
  /** Resolves when all text that was sent before has arrived, and most of it is compressed. */
  arrived(): Promise<void>;
  listen(targets: readonly ListenTarget[]): Promise<readonly BoundAddress[]>;
  applyAccess(access: AccessConfig): Promise<string | undefined>;
  close(graceMs: number): Promise<void>;
}
