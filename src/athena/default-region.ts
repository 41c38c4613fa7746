import { MetadataService } from "@aws-sdk/ec2-metadata-service";
import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from "@smithy/core/config";

const METADATA_TIMEOUT_MS = 1000;

/** Where a region was looked for, in this order, for the message of an error. */
export const REGION_SOURCES =
  "--aws.region, AWS_REGION, AWS_DEFAULT_REGION, the profile in ~/.aws/config (AWS_PROFILE), EC2 instance metadata";

/** The region to use where the configuration names none; undefined where the environment has none either. */
export async function findRegion(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { AWS_REGION: region, AWS_DEFAULT_REGION: defaultRegion } = environment;
  return (
    nonEmpty(region) ??
    nonEmpty(defaultRegion) ??
    (await orUndefined(loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS)())) ??
    (await orUndefined(regionOfInstance(environment)))
  );
}

async function regionOfInstance({ AWS_EC2_METADATA_DISABLED: disabled }: NodeJS.ProcessEnv): Promise<string> {
  if (disabled?.toLowerCase() === "true") return "";
  const metadata = new MetadataService({ httpOptions: { timeout: METADATA_TIMEOUT_MS }, retries: 0 });
  return metadata.request("/latest/meta-data/placement/region", {});
}

/** A source that fails or has no region is skipped: the caller's error names all sources. */
async function orUndefined(region: Promise<string | undefined>): Promise<string | undefined> {
  return region.then(nonEmpty, () => undefined);
}

function nonEmpty(region: string | undefined): string | undefined {
  return region === "" ? undefined : region;
}
