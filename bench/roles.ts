import { keepHeapSmall } from "../src/heap.ts";

/** What child processes of the benchmarks can be. Each is imported only by the process that is it, so that none measures another's modules. */
export const ROLES = {
  simulator: () => import("./simulator-role.ts"),
  access: () => import("./access-role.ts"),
  load: () => import("./load-role.ts"),
  scraper: () => import("./scraper-role.ts"),
  plain: () => import("./plain-role.ts"),
  "prom-client": () => import("./prom-client-role.ts"),
  exporter: () => withSmallHeap(() => import("./exporter-role.ts")),
  poller: () => withSmallHeap(() => import("./poller-role.ts")),
  "bare-poller": () => import("./bare-poller-role.ts"),
  "fleet-athena": () => import("./fleet-athena-role.ts"),
};

/** As `main.ts` loads the daemon. */
function withSmallHeap<Module>(load: () => Module): Module {
  keepHeapSmall();
  return load();
}

export type RoleName = keyof typeof ROLES;
type StartRole<Name extends RoleName> = Awaited<ReturnType<(typeof ROLES)[Name]>>["start"];
export type Settings<Name extends RoleName> = Parameters<StartRole<Name>>[0];
export type Ready<Name extends RoleName> = Awaited<ReturnType<StartRole<Name>>>["ready"];
export type Question<Name extends RoleName> = Parameters<Awaited<ReturnType<StartRole<Name>>>["answer"]>[0];
export type Answer<Name extends RoleName> = Awaited<
  ReturnType<Awaited<ReturnType<StartRole<Name>>>["answer"]>
>;
