import { readdirSync, readFileSync } from "node:fs";

/** The repository's root. */
export const ROOT = new URL("../../", import.meta.url);

/** The documents of the project, as paths below the root. */
export const DOCUMENTS: readonly string[] = ["", "docs/", "docs/runbooks/"].flatMap((folder) =>
  readdirSync(new URL(folder || ".", ROOT))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}${name}`),
);

export function readDocument(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

/**
 * Replaces the text between `<!-- NAME: made by npm run docs -->` and `<!-- NAME: end -->` for each name in `parts`. Throws
 * unless each marker occurs exactly once.
 */
export function fillMarkers(text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((filled, [name, part]) => {
    const [before, rest, ...more] = filled.split(`<!-- ${name}: made by npm run docs -->\n`);
    const end = `<!-- ${name}: end -->`;
    const [, after, ...others] = rest?.split(end) ?? [];
    if (before === undefined || after === undefined || more.length + others.length > 0) {
      throw new Error(`the begin and end markers of "${name}" must each occur once`);
    }
    return `${before}<!-- ${name}: made by npm run docs -->\n\n${part}\n\n${end}${after}`;
  }, text);
}

/** The contents of the fenced code blocks in `language`, in the order of the text. */
export function fencedCode(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, name, code = ""]) =>
    name === language ? [code] : [],
  );
}

/** The targets of links and images, except those in code. */
export function linkTargets(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** The anchors that GitHub generates for the headings. */
export function anchors(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
