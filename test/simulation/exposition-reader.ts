/** A series as it was last scraped. */
export interface Series {
  /** With its labels, as it is written. */
  readonly text: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What distinguishes it from others of its place: the name, and the values of labels that are not the place's. */
  readonly key: string;
  readonly place: Place;
  value: number;
  valueText: string;
  /** Whether the latest scrape has it. */
  isPresent: boolean;
}

/** All series of one workgroup, of one account and region, or of the process. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Empty for an account and region, as for the process. */
  readonly workgroup: string;
  readonly byKey: Map<string, Series>;
  /** Those that the latest scrape has, in its order. */
  series: readonly Series[];
  /** How many series the latest scrape has. */
  size: number;
  /** Whether the latest scrape brought anything that the one before had not, or left anything out. */
  isChanged: boolean;
}

/** The lines of a family, from its HELP to the next one's. */
interface Block {
  readonly text: string;
  readonly series: readonly Series[];
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?$/s;
const PAIR = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/gsy;
const HEADER =
  /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\n]*)\n# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:gauge|counter|histogram)\n/;
const NEXT_BLOCK = "\n# HELP ";
const HISTOGRAM_SUFFIX = /_(bucket|sum|count)$/;
const FORGET_EVERY_SCRAPES = 100;
/** All but the line feed that ends a line. */
const CONTROL = /(?!\n)\p{Cc}/u;

/** Reads the expositions of one process one after the other; what does not change from one to the next costs little. */
export class ExpositionReader {
  readonly problems: string[] = [];
  readonly places = new Map<string, Place>();
  readonly #series = new Map<string, Series>();
  #blocks = new Map<string, Block>();
  #text = "";
  #changed = new Set<Place>();
  #scrapes = 0;

  /**
   * Reads the text of a scrape. What is wrong with it as an exposition is added to `problems`. Returns whether anything changed since
   * the scrape before.
   */
  read(text: string): boolean {
    for (const place of this.#changed) place.isChanged = false;
    this.#changed.clear();
    if (text === this.#text) return false;
    this.#text = text;
    const before = this.#blocks;
    this.#blocks = new Map();
    if (!text.endsWith("\n")) this.problems.push("the last line is not ended");
    for (let start = 0; start < text.length;) {
      const next = text.indexOf(NEXT_BLOCK, start);
      const end = next < 0 ? text.length : next + 1;
      this.#readBlock(text.slice(start, end), before);
      start = end;
    }
    for (const [name, { series }] of before) {
      if (this.#blocks.has(name)) continue;
      this.#leave(series);
      for (const { place } of series) this.#change(place);
    }
    this.#collect();
    this.#scrapes += 1;
    if (this.#scrapes % FORGET_EVERY_SCRAPES === 0) this.#forget();
    return true;
  }

  /** The places of the latest scrape. */
  current(): Place[] {
    return [...this.places.values()].filter(({ size }) => size > 0);
  }

  #readBlock(text: string, before: ReadonlyMap<string, Block>): void {
    const name = text.slice(7, text.indexOf(" ", 7));
    if (this.#blocks.has(name)) this.problems.push(`the family ${name} is there twice`);
    const known = before.get(name);
    if (known?.text === text) {
      this.#blocks.set(name, known);
      return;
    }
    const [header = "", help, , type] = HEADER.exec(text) ?? [];
    if (help === undefined || type !== help)
      this.problems.push(`not the header of a family: ${text.slice(0, 200)}`);
    if (CONTROL.test(header)) this.problems.push(`a control character is in the header of ${name}`);
    if (known !== undefined) this.#leave(known.series);
    const former = known?.series ?? [];
    const series: Series[] = [];
    for (let start = header.length; start < text.length;) {
      const end = text.indexOf("\n", start);
      if (end < 0) break;
      const read = this.#readSample(text, start, end, name);
      if (read !== undefined) series.push(read);
      start = end + 1;
    }
    // What was there before, and is not there any more, changes its place as well.
    for (const one of former) if (!one.isPresent) this.#change(one.place);
    this.#blocks.set(name, { text, series });
  }

  #readSample(text: string, start: number, end: number, family: string): Series | undefined {
    const space = text.lastIndexOf(" ", end - 1);
    const seriesText = text.slice(start, space);
    const valueText = text.slice(space + 1, end);
    const series = this.#series.get(seriesText) ?? this.#learn(seriesText);
    if (series === undefined) return undefined;
    if (series.isPresent) this.problems.push(`the series ${seriesText} is there twice`);
    if (series.name !== family && series.name.replace(HISTOGRAM_SUFFIX, "") !== family) {
      this.problems.push(`the sample of ${series.name} is among those of ${family}`);
    }
    series.isPresent = true;
    series.place.size += 1;
    if (series.valueText !== valueText) {
      series.valueText = valueText;
      series.value = valueText === "+Inf" ? Infinity : Number(valueText);
      this.#change(series.place);
      if (!Number.isFinite(series.value) || valueText === "")
        this.problems.push(`${seriesText} is ${valueText}`);
    }
    return series;
  }

  /** The series are not there, until they are read again. */
  #leave(series: readonly Series[]): void {
    for (const one of series) {
      one.isPresent = false;
      one.place.size -= 1;
      if (one.place.size === 0) this.#change(one.place);
    }
  }

  #change(place: Place): void {
    place.isChanged = true;
    this.#changed.add(place);
  }

  /** Gathers the series of the places that changed, in the order of the exposition. */
  #collect(): void {
    const collected = new Map<Place, Series[]>([...this.#changed].map((place) => [place, []]));
    for (const { series } of this.#blocks.values())
      for (const one of series) collected.get(one.place)?.push(one);
    for (const [place, series] of collected) place.series = series;
  }

  #learn(text: string): Series | undefined {
    if (CONTROL.test(text)) this.problems.push(`a control character is in ${JSON.stringify(text)}`);
    const [, name, pairs = ""] = LINE.exec(text) ?? [];
    const labels = name === undefined ? undefined : parsePairs(pairs);
    if (name === undefined || labels === undefined) {
      this.problems.push(`not a sample: ${text}`);
      return undefined;
    }
    const { aws_account_id: account = "", aws_region: region = "", workgroup = "", ...others } = labels;
    const place = this.#place(account, region, workgroup);
    const key = [name, ...Object.values(others)].join("|");
    const series: Series = { text, name, labels, key, place, value: NaN, valueText: "", isPresent: false };
    place.byKey.set(key, series);
    this.#series.set(text, series);
    return series;
  }

  #place(account: string, region: string, workgroup: string): Place {
    const key = `${account}|${region}|${workgroup}`;
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const place: Place = {
      account,
      region,
      workgroup,
      byKey: new Map(),
      series: [],
      size: 0,
      isChanged: true,
    };
    this.places.set(key, place);
    return place;
  }

  /** Sessions come and go, and so do their series. */
  #forget(): void {
    for (const [text, series] of this.#series) {
      if (series.isPresent) continue;
      this.#series.delete(text);
      if (series.place.byKey.get(series.key) === series) series.place.byKey.delete(series.key);
    }
  }
}

/** The value of a place's series in a scrape; undefined where it had none. */
export function valueOf(place: Place, key: string): number | undefined {
  const series = place.byKey.get(key);
  return series?.isPresent === true ? series.value : undefined;
}

function parsePairs(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < text.length) {
    const [, name, value] = PAIR.exec(text) ?? [];
    if (name === undefined || value === undefined || name in labels) return undefined;
    labels[name] = value.replaceAll(/\\([\\"n])/g, (_, escaped: string) =>
      escaped === "n" ? "\n" : escaped,
    );
  }
  return labels;
}
