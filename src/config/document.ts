import { isAlias, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, parseDocument, Parser } from "yaml";
import { quoted, type ConfigProblem } from "./problem.ts";

/** Keys and indexes from the top of a file down to a value. */
export type Path = readonly (string | number)[];

/** A YAML text as plain values, without the keys whose value is empty, and the place of each of them. */
export interface ConfigDocument {
  readonly value: unknown;
  /** Where the value at `path` begins, or the nearest thing round it where there is none. */
  placeOfValue(path: Path): Place;
  /** Where the key that ends `path` begins. */
  placeOfKey(path: Path): Place;
}

/** Both from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

const MAX_DEPTH = 32;
/** Aliases count each time, so that a few lines of them cannot fill the memory. */
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
  const body = text.replace(/^\u{FEFF}/u, "");
  if (isTooDeep(body)) {
    return { problems: [{ source, message: `nested more than ${MAX_DEPTH} levels deep` }] };
  }
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // yaml compares every key with every other; the reader below finds duplicates in linear time.
  const parsed = parseDocument(body, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const faults = [...parsed.errors, ...parsed.warnings].map(({ message, pos }) => ({
    message,
    offset: pos[0],
  }));
  const reader = new NodeReader();
  const value = faults.length === 0 ? reader.read(parsed.contents, []) : undefined;
  const problems = [...faults, ...reader.faults].map(({ message, offset }) => ({
    source,
    ...place(offset),
    message: `not valid YAML: ${message}`,
  }));
  if (problems.length > 0) {
    return { problems };
  }
  const offsetOfValue = (path: Path): number =>
    reader.valueOffsets.get(pathKey(path)) ?? (path.length === 0 ? 0 : offsetOfValue(path.slice(0, -1)));
  return {
    document: {
      value,
      placeOfValue: (path) => place(offsetOfValue(path)),
      placeOfKey: (path) => place(reader.keyOffsets.get(pathKey(path)) ?? offsetOfValue(path)),
    },
  };
}

const pathKey = (path: Path): string => JSON.stringify(path);

/** yaml composes recursively and can bring the process down on a deep text; its parser keeps a stack that tells. */
function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // Each level is a mapping or sequence and the item in it; the document and a scalar come on top.
    const ended = [...parser.next(lexeme)];
    if (ended.length === 0 && parser.stack.length > 2 * MAX_DEPTH + 2) {
      return true;
    }
  }
  return false;
}

interface Fault {
  readonly message: string;
  readonly offset: number;
}

/** From yaml's nodes to plain values, in the order of the text, which is the order in which anchors are defined. */
class NodeReader {
  readonly faults: Fault[] = [];
  readonly valueOffsets = new Map<string, number>();
  readonly keyOffsets = new Map<string, number>();
  readonly #anchors = new Map<string, unknown>();
  #values = 0;

  read(node: unknown, path: Path): unknown {
    if (!isNode(node)) {
      return null;
    }
    const offset = node.range?.[0] ?? 0;
    this.#values += 1;
    if (this.#values > MAX_VALUES || path.length > MAX_DEPTH) {
      this.#failOnce("too many values, or an alias within itself", offset);
      return null;
    }
    if (isAlias(node)) {
      return this.#readAlias(node.source, offset, path);
    }
    if (node.anchor !== undefined) {
      this.#anchors.set(node.anchor, node);
    }
    this.valueOffsets.set(pathKey(path), offset);
    if (isMap(node)) {
      return this.#readPairs(node.items, path);
    }
    return isSeq(node)
      ? node.items.map((item, index) => this.read(item, [...path, index]))
      : isScalar(node) && node.value;
  }

  #readAlias(name: string, offset: number, path: Path): unknown {
    if (!this.#anchors.has(name)) {
      this.faults.push({ message: `*${name} has no anchor &${name} before it`, offset });
      return null;
    }
    return this.read(this.#anchors.get(name), path);
  }

  #readPairs(pairs: readonly { key: unknown; value: unknown }[], path: Path): unknown {
    const entries = new Map<string, unknown>();
    for (const { key, value } of pairs) {
      const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
      if (!isScalar(key)) {
        this.faults.push({ message: "a key must be a plain name", offset });
        continue;
      }
      const name = String(key.value);
      if (entries.has(name)) {
        this.faults.push({ message: `the key ${quoted(name)} is there twice`, offset });
        continue;
      }
      this.keyOffsets.set(pathKey([...path, name]), offset);
      entries.set(name, this.read(value, [...path, name]));
    }
    // A key without a value means its default. fromEntries defines properties, so `__proto__` is a key like any other.
    return Object.fromEntries([...entries].filter(([, value]) => value !== null));
  }

  #failOnce(message: string, offset: number): void {
    if (!this.faults.some((fault) => fault.message === message)) {
      this.faults.push({ message, offset });
    }
  }
}
