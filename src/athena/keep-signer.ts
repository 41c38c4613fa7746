import type { AthenaClient } from "@aws-sdk/client-athena";

/** Keeps the signer of a client. The SDK makes one for each request, by copying the whole configuration, though they are all the same. */
export function keepSigner({ config }: AthenaClient): void {
  const { signer: makeSigner } = config;
  let signer: ReturnType<typeof makeSigner> | undefined;
  config.signer = async (authScheme) => (signer ??= makeSigner(authScheme));
}
