import { existsSync } from "node:fs";
import { validate } from "dockerfile-utils";
import { expect, test } from "vitest";
import { contextPaths, DOCKERFILE, execForm, parseCopy, readStages, textsOf } from "./dockerfile.ts";

const ROOT = new URL("../../", import.meta.url);
const stages = readStages();
const final = stages.slice(-1);

test("a linter accepts the Dockerfile", () => {
  expect(validate(DOCKERFILE)).toEqual([]);
});

test("every stage starts from Node 24, pinned by tag and digest", () => {
  expect(stages.length).toBeGreaterThan(1);
  for (const { image } of stages) {
    expect(image).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
    expect(image).toMatch(/node:24\.\d+\.\d+-|nodejs24-/);
  }
});

test("the final image is distroless, and its stage runs no command", () => {
  for (const stage of final) {
    expect(stage.image).toMatch(/^gcr\.io\/distroless\//);
    expect(textsOf(stage, "RUN")).toEqual([]);
  }
});

test("the image runs as a numeric non-root user, and its files are owned by root", () => {
  expect(DOCKERFILE).not.toContain("--chown");
  expect(final.flatMap((stage) => textsOf(stage, "USER"))).toEqual(["65532:65532"]);
});

test("the image's entry point and health check need no shell", () => {
  const commands = final.flatMap((stage) =>
    ["ENTRYPOINT", "HEALTHCHECK"].map((keyword) => textsOf(stage, keyword)),
  );
  expect(commands.map(([text = ""]) => execForm(text))).toEqual([
    ["/nodejs/bin/node", "/app/dist/main.js"],
    ["/nodejs/bin/node", "/app/healthcheck.mjs"],
  ]);
});

test("the image listens on all interfaces at its exposed port", () => {
  expect(
    final
      .flatMap((stage) => textsOf(stage, "ENV"))
      .join(" ")
      .split(" "),
  ).toContain("ATHENA_EXPORTER_WEB_LISTEN_ADDRESS=:10284");
  expect(final.flatMap((stage) => textsOf(stage, "EXPOSE"))).toEqual(["10284"]);
});

test("only packages of npm's lock file are added from the network, without install scripts", () => {
  expect(stages.flatMap((stage) => textsOf(stage, "ADD"))).toEqual([]);
  expect(stages.flatMap((stage) => textsOf(stage, "RUN"))).toEqual([
    "npm ci --omit=dev --ignore-scripts --no-audit --no-fund",
    "npm ci --ignore-scripts --no-audit --no-fund",
    "npm run build",
  ]);
});

test("the build context contains exactly what is copied from it", () => {
  const copied = stages
    .flatMap((stage) => textsOf(stage, "COPY"))
    .map(parseCopy)
    .flatMap(({ from, sources }) => (from === undefined ? sources : []));
  expect([...contextPaths()].sort()).toEqual([...new Set(copied)].sort());
  expect(copied.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});
