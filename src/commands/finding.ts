/** One thing that the exporter needs, in an account and region or of the organization, and whether it has it, as `--output=json` shows it. */
export interface Finding {
  readonly region: string;
  readonly account: string;
  readonly step: string;
  readonly ok: boolean;
  /** The exporter works without it. */
  readonly is_optional: boolean;
  readonly detail: string;
  readonly advice?: string;
}

/** A line for each finding, with what to do in a second one. */
export function toText(findings: readonly Finding[]): string {
  return findings
    .map(({ region, account, step, ok, is_optional: isOptional, detail, advice }) => {
      const mark = ok ? "✓" : isOptional ? "!" : "✗";
      const place = [account, region].filter((part) => part !== "").join(" ");
      const advised = advice === undefined ? "" : `\n    ${isOptional ? "optional: " : ""}${advice}`;
      return `${mark} ${place}  ${step}: ${detail}${advised}\n`;
    })
    .join("");
}
