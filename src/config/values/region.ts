import { nearest } from "../nearest.ts";
import { quoted } from "../problem.ts";
import { type TextValue, findDuplicates, list, textValue } from "./value.ts";

/** Every region of AWS, as the SDK's partitions.json has them; a test compares the two. */
export const REGION_NAMES: readonly string[] = `
  af-south-1
  ap-east-1 ap-east-2
  ap-northeast-1 ap-northeast-2 ap-northeast-3
  ap-south-1 ap-south-2
  ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
  ca-central-1 ca-west-1
  cn-north-1 cn-northwest-1
  eu-central-1 eu-central-2
  eu-isoe-west-1
  eu-north-1
  eu-south-1 eu-south-2
  eu-west-1 eu-west-2 eu-west-3
  eusc-de-east-1
  il-central-1
  me-central-1 me-south-1 me-west-1
  mx-central-1
  sa-east-1 sa-west-1
  us-east-1 us-east-2
  us-gov-east-1 us-gov-west-1
  us-iso-east-1 us-iso-west-1
  us-isob-east-1 us-isob-west-1
  us-isof-east-1 us-isof-south-1
  us-west-1 us-west-2
`
  .trim()
  .split(/\s+/);

const isRegion = (name: string): boolean => REGION_NAMES.includes(name);

const regionText: TextValue<string> = {
  expected: "a region such as eu-west-1",
  placeholder: "REGION",
  parse: (text) => (isRegion(text) ? text : undefined),
  hint(text) {
    const name = text.trim().toLowerCase();
    // An availability zone is its region and a letter.
    const likely = isRegion(name.slice(0, -1)) ? name.slice(0, -1) : nearest(name, REGION_NAMES);
    const suggestion = likely === undefined ? "" : `; did you mean ${quoted(likely)}?`;
    return `AWS has no region of that name${suggestion}`;
  },
};

/** A region of AWS. */
export const region = textValue(regionText);

/** A region of the SDK's variables, which may be newer than this version of the program. */
export const newOrKnownRegion = textValue({
  ...regionText,
  parse: (text) => (isRegion(text) || /^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(text) ? text : undefined),
});

export const regions = list(region, "regions", 1, 100, findDuplicates);

/** By the start of the region's name, as the SDK's partitions.json has them; all others are in `aws`. */
const PARTITIONS = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
  ["eusc-", "aws-eusc"],
] as const;

/** The partition that a region belongs to: a role of another one cannot be used there. */
export function partitionOfRegion(name: string): string {
  return PARTITIONS.find(([prefix]) => name.startsWith(prefix))?.[1] ?? "aws";
}

/** By partition, as the SDK's partitions.json has them; all others have that of `aws`. */
const DNS_SUFFIXES: Readonly<Record<string, string>> = {
  "aws-cn": "amazonaws.com.cn",
  "aws-iso": "c2s.ic.gov",
  "aws-iso-b": "sc2s.sgov.gov",
  "aws-iso-e": "cloud.adc-e.uk",
  "aws-iso-f": "csp.hci.ic.gov",
  "aws-eusc": "amazonaws.eu",
};

/** How the names of AWS' endpoints in a region end. */
export function dnsSuffixOf(regionName: string): string {
  return DNS_SUFFIXES[partitionOfRegion(regionName)] ?? "amazonaws.com";
}
