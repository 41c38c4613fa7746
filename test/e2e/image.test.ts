import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { getuid } from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Exporter } from "./exporter.ts";
import { buildImage, type Image } from "./image.ts";
import { freePort } from "./port.ts";
import { Program, runProgram, type Exit } from "./program.ts";
import { until } from "./until.ts";

const REVISION = "0123456789abcdef0123456789abcdef01234567";

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dev?: true; readonly optional?: true }>>;
}

/** chroot needs root, and the image must run the Node 24 of this process. */
const canRun = getuid?.() === 0 && process.version.startsWith("v24.");

describe.runIf(canRun)("the image that the Dockerfile builds", () => {
  let image: Image;

  beforeAll(async () => {
    image = await buildImage({ REVISION });
  }, 300_000);
  afterAll(() => image.remove());

  /** The chroot arguments that run a command in the image as its user. */
  function inside(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    return {
      args: [`--userspec=${image.user}`, image.root, ...command],
      options: { environment: { PATH: process.env["PATH"] ?? "", ...image.environment, ...environment } },
    };
  }

  function runInside(
    command: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<Exit> {
    const { args, options } = inside(command, environment);
    return runProgram("chroot", args, options);
  }

  test("contains the production dependencies only", async () => {
    const lock = JSON.parse(
      await readFile(new URL("../../package-lock.json", import.meta.url), "utf8"),
    ) as LockFile;
    const installed = JSON.parse(
      await readFile(join(image.root, "app/node_modules/.package-lock.json"), "utf8"),
    ) as LockFile;
    const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && dev !== true);
    const required = production.flatMap(([path, { optional }]) => (optional === true ? [] : [path]));
    const paths = Object.keys(installed.packages);
    expect(paths).toEqual(expect.arrayContaining(required));
    expect(production.map(([path]) => path)).toEqual(expect.arrayContaining(paths));
    expect((await readdir(join(image.root, "app"))).sort()).toEqual([
      "LICENSE",
      "dist",
      "healthcheck.mjs",
      "node_modules",
      "package.json",
    ]);
  });

  test("is not writable for its user", async () => {
    const script = `for (const folder of ["/", "/app", "/app/dist", "/app/node_modules"]) {
      try {
        fs.writeFileSync(folder + "/written", "");
      } catch ({ code }) {
        console.log(code);
      }
    }`;
    const { stdout } = await runInside(["/nodejs/bin/node", "-e", script]);
    expect(stdout).toBe("EACCES\n".repeat(4));
  });

  test("passes arguments to the exporter", async () => {
    expect(await runInside([...image.entrypoint, "--version"])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^athena-session-exporter \d+\.\d+\.\d+\n$/) as string,
    });
  });

  test("runs the demo, is healthy while it runs, exposes its revision, and stops on SIGTERM", async () => {
    const port = await freePort();
    const address = { ATHENA_EXPORTER_WEB_LISTEN_ADDRESS: `127.0.0.1:${port}` };
    expect(await runInside(image.healthcheck, address)).toMatchObject({ status: 1 });
    const { args, options } = inside([...image.entrypoint, "demo"], address);
    const exporter = new Exporter(new Program("chroot", args, options), `http://127.0.0.1:${port}`);
    const { program } = exporter;
    await until("the image to be healthy", async () => {
      if (program.hasExited) throw new Error(`the exporter exited: ${program.stderr}`);
      return (await runInside(image.healthcheck, address)).status === 0;
    });
    await exporter.untilMetric(/^athena_workgroup_up\{.*\} 1$/m);
    await exporter.untilMetric(
      new RegExp(`^athena_exporter_build_info\\{.*revision="${REVISION}".*\\} 1$`, "m"),
    );
    program.signal("SIGTERM");
    expect(await program.exited).toMatchObject({ status: 0, signal: undefined });
  });
});
