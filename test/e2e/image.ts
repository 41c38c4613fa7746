import { execFile } from "node:child_process";
import { chmod, copyFile, cp, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { contextPaths, execForm, parseCopy, readStages, textsOf, type Stage } from "../deploy/dockerfile.ts";

const CONTEXT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** The image of deploy/Dockerfile as a folder with its file system. */
export interface Image {
  readonly root: string;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
  readonly remove: () => Promise<void>;
}

/**
 * Builds the Dockerfile without a container engine: each stage is an empty folder in which its COPY and RUN are executed.
 * In place of the base images, RUN uses the machine's npm, and the last stage gets this Node.js and its shared libraries.
 */
export async function buildImage(buildArguments: Readonly<Record<string, string>>): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), "exporter-image-"));
  const stages = readStages();
  for (const [number, stage] of stages.entries()) await buildStage(stage, folder, `${number}`, stages);
  const root = join(folder, `${stages.length - 1}`);
  await addNode(root);
  await chmod(folder, 0o755);
  const [user = "", entrypoint = "", healthcheck = ""] = ["USER", "ENTRYPOINT", "HEALTHCHECK"].map(
    (keyword) =>
      stages
        .slice(-1)
        .flatMap((stage) => textsOf(stage, keyword))
        .join(" "),
  );
  return {
    root,
    user,
    environment: environmentOf(stages.slice(-1), buildArguments),
    entrypoint: execForm(entrypoint),
    healthcheck: execForm(healthcheck),
    remove: () => rm(folder, { recursive: true }),
  };
}

async function buildStage(
  { instructions }: Stage,
  folder: string,
  name: string,
  stages: readonly Stage[],
): Promise<void> {
  const root = join(folder, name);
  await mkdir(root);
  let cwd = root;
  for (const { keyword, text } of instructions) {
    if (keyword === "WORKDIR") {
      cwd = join(root, text);
      await mkdir(cwd, { recursive: true });
    }
    if (keyword === "COPY") {
      const { from } = parseCopy(text);
      const source = stages.findIndex((stage) => stage.name === from);
      await copy(text, from === undefined ? CONTEXT : join(folder, `${source}`), cwd);
    }
    if (keyword === "RUN") await run("sh", ["-c", text], { cwd });
  }
}

async function copy(text: string, sourceRoot: string, cwd: string): Promise<void> {
  const { sources, target, mode } = parseCopy(text);
  for (const source of sources) {
    if (sourceRoot === CONTEXT && !contextPaths().includes(source))
      throw new Error(`${source} is not in the build context`);
    const path = join(sourceRoot, source);
    const isFolder = (await stat(path)).isDirectory();
    const copied = join(cwd, target, isFolder ? "" : basename(source));
    await cp(path, copied, { recursive: true, verbatimSymlinks: true });
    if (mode !== undefined) await chmod(copied, mode);
  }
}

/** Copies Node.js and its shared libraries, in place of the distroless base image. */
async function addNode(root: string): Promise<void> {
  const { stdout } = await run("ldd", [process.execPath]);
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => [path, path] as const);
  for (const [path, target] of [...libraries, [process.execPath, "/nodejs/bin/node"] as const]) {
    await mkdir(dirname(join(root, target)), { recursive: true });
    await copyFile(path, join(root, target));
  }
}

function environmentOf(
  stages: readonly Stage[],
  buildArguments: Readonly<Record<string, string>>,
): Record<string, string> {
  const assignments = stages.flatMap((stage) => textsOf(stage, "ENV")).flatMap((text) => text.split(" "));
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [name = "", value = ""] = assignment.split("=");
      return [name, value.startsWith("$") ? (buildArguments[value.slice(1)] ?? "") : value];
    }),
  );
}
