import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  Parser,
  visit,
} from "yaml";
import type { Document, Node, Pair } from "yaml";
import { quoted, type ConfigProblem } from "../problem.ts";
import type { Path } from "../values/value.ts";

/** A YAML text as plain values, and the place of each of them. */
export interface ConfigDocument {
  readonly value: unknown;
  /** Where the value at `path` begins, or the nearest thing round it where there is none; or where the key before it does. */
  placeOf(path: Path, part: "key" | "value"): Place;
}

/** In the text, both from 1. */
type Place = Required<Pick<ConfigProblem, "line" | "column">>;

interface SyntaxProblem {
  readonly message: string;
  readonly offset: number;
}

/** The pairs of each mapping by their keys. */
type PairIndex = ReadonlyMap<unknown, ReadonlyMap<string, Pair>>;

const MAX_DEPTH = 32;
/** yaml looks for the anchor of each alias among all of them. */
const MAX_ALIASES = 10_000;
/** What an alias stands for counts each time, so that a few lines of them cannot fill the memory. */
const MAX_VALUES = 100_000;

/**
 * Reads one YAML 1.2 document (core schema).
 * @param source names the text in problems
 * @returns the document, or what is wrong with its syntax: bad YAML, a key twice, unknown anchors, too deep, too large
 */
export function readDocument(
  source: string,
  text: string,
): { document: ConfigDocument } | { problems: ConfigProblem[] } {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const failed = (problems: readonly SyntaxProblem[]) => ({
    problems: problems.map(({ message, offset }) => ({
      source,
      ...place(offset),
      message: `not valid YAML: ${message}`,
    })),
  });
  const structural = findStructuralProblem(text, lines);
  if (structural !== undefined) return failed([structural]);
  // yaml's own search for keys that are given twice takes minutes for the largest file; indexPairs finds them.
  const parsed = parseDocument(text, { prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const errors = [...parsed.errors, ...parsed.warnings].map(({ code, message, pos }) => ({
    message: code === "NON_STRING_KEY" ? "a key must be a plain name" : message,
    offset: pos[0],
  }));
  if (errors.length > 0) return failed(errors);
  const { pairs, problems } = indexPairs(parsed);
  if (problems.length > 0) return failed(problems);
  const value: unknown = parsed.toJS({ maxAliasCount: -1 });
  if (hasMoreValues(value, MAX_VALUES)) {
    const message = `more than ${MAX_VALUES} values, or an alias within itself`;
    return failed([{ message, offset: 0 }]);
  }
  return {
    document: {
      value,
      placeOf(path, part) {
        const parent = nodeAt(parsed.contents, path.slice(0, -1), pairs);
        const key = pairs.get(parent)?.get(String(path.at(-1)))?.key;
        return place(startOf(part === "key" && key ? key : nodeAt(parsed.contents, path, pairs)));
      },
    },
  };
}

/**
 * What must not reach yaml's composer: it is recursive, so that a deep text can end the process, and it goes on after each of a
 * million errors. Its parser keeps a stack. Also fills `lines`.
 */
function findStructuralProblem(text: string, lines: LineCounter): SyntaxProblem | undefined {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === "error") return token;
    }
    // Each level is a mapping or sequence and the item in it; the document and a scalar come on top.
    if (parser.stack.length > 2 * MAX_DEPTH + 2) {
      return { message: `nested more than ${MAX_DEPTH} levels deep`, offset: parser.offset };
    }
  }
  return undefined;
}

/** The pairs of a document, and what is wrong with keys and aliases. */
function indexPairs(document: Document): { pairs: PairIndex; problems: SyntaxProblem[] } {
  const pairs = new Map<unknown, Map<string, Pair>>();
  const problems: SyntaxProblem[] = [];
  const anchors = new Set<string>();
  let aliases = 0;
  visit(document, (_, node) => {
    if (isAlias(node)) {
      aliases += 1;
      const message = `*${node.source} has no anchor &${node.source} before it`;
      if (!anchors.has(node.source)) problems.push({ message, offset: startOf(node) });
      if (aliases === MAX_ALIASES)
        problems.push({ message: `${MAX_ALIASES} aliases or more`, offset: startOf(node) });
    } else if (isNode(node) && node.anchor !== undefined) {
      anchors.add(node.anchor);
    }
    if (!isMap(node)) return;
    const byKey = new Map<string, Pair>();
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : "";
      const message = `the key ${quoted(key)} is given twice`;
      if (byKey.has(key)) problems.push({ message, offset: startOf(pair.key) });
      byKey.set(key, pair);
    }
    pairs.set(node, byKey);
  });
  return { pairs, problems };
}

function hasMoreValues(value: unknown, limit: number): boolean {
  const waiting = [value];
  for (let count = 0; count <= limit; count += 1) {
    const next = waiting.pop();
    for (const child of typeof next === "object" ? Object.values(next ?? {}) : []) waiting.push(child);
    if (waiting.length === 0) return false;
  }
  return true;
}

/** The node at the path, or the innermost one round it. */
function nodeAt(node: Node | null, path: Path, pairs: PairIndex): Node | null {
  const [part, ...rest] = path;
  if (part === undefined) return node;
  const child = isSeq(node) ? node.items[Number(part)] : pairs.get(node)?.get(String(part))?.value;
  return isNode(child) ? nodeAt(child, rest, pairs) : node;
}

function startOf(node: unknown): number {
  return (isNode(node) ? node.range?.[0] : undefined) ?? 0;
}
