import { readFileSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);

/** An instruction of a Dockerfile. */
interface Instruction {
  /** For example "RUN". */
  readonly keyword: string;
  /** The rest of the instruction, joined to one line. */
  readonly text: string;
}

/** A build stage: the instructions from one FROM to the next. */
export interface Stage {
  readonly image: string;
  /** Undefined for the last stage. */
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** A COPY instruction. */
export interface Copy {
  /** The stage to copy from; undefined for the build context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
  /** The mode of --chmod; undefined to keep the mode of the source. */
  readonly mode: number | undefined;
}

export const DOCKERFILE = readFileSync(new URL("deploy/Dockerfile", ROOT), "utf8");

/** The stages of deploy/Dockerfile in order. Heredocs and ARG before the first FROM are not supported. */
export function readStages(): readonly Stage[] {
  const instructions = DOCKERFILE.replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): Instruction => {
      const [keyword = "", ...words] = line.split(" ");
      return { keyword, text: words.join(" ") };
    });
  const starts = instructions.flatMap(({ keyword }, index) => (keyword === "FROM" ? [index] : []));
  return starts.map((start, number): Stage => {
    const [image = "", , name] = (instructions[start]?.text ?? "").split(" ");
    return { image, name, instructions: instructions.slice(start + 1, starts[number + 1]) };
  });
}

/** The texts of the instructions with this keyword in a stage. */
export function textsOf({ instructions }: Stage, wanted: string): readonly string[] {
  return instructions.flatMap(({ keyword, text }) => (keyword === wanted ? [text] : []));
}

/** Parses the text of a COPY instruction. */
export function parseCopy(text: string): Copy {
  const words = text.split(" ");
  const flag = (name: string) => words.find((word) => word.startsWith(name))?.slice(name.length);
  const mode = flag("--chmod=");
  const paths = words.filter((word) => !word.startsWith("--"));
  return {
    from: flag("--from="),
    sources: paths.slice(0, -1),
    target: paths.at(-1) ?? "",
    mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
  };
}

/** Parses the command at the end of a text in exec form, such as `CMD ["/bin/true"]`. */
export function execForm(text: string): readonly string[] {
  return JSON.parse(text.slice(text.indexOf("["))) as string[];
}

/** The paths in the build context: those that .dockerignore excepts from ignoring everything. */
export function contextPaths(): readonly string[] {
  const [first, ...exceptions] = readFileSync(new URL(".dockerignore", ROOT), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (first !== "*" || exceptions.some((line) => !line.startsWith("!"))) {
    throw new Error('.dockerignore must be "*" followed by exceptions');
  }
  return exceptions.map((line) => line.slice(1));
}
