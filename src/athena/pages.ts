import { AwsFailure } from "../failure.ts";

/**
 * All pages of a listing that is never long. Rejects with AwsFailure malformed_response for one of more than `maxPages`, or
 * whose tokens go round in circles.
 */
export async function allPages<Page extends { readonly nextToken?: string }>(
  operation: string,
  maxPages: number,
  read: (nextToken: string | undefined) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  const tokens = new Set<string>();
  let nextToken: string | undefined;
  do {
    const page = await read(nextToken);
    pages.push(page);
    nextToken = page.nextToken;
    if (nextToken !== undefined && (tokens.has(nextToken) || pages.length > maxPages)) {
      throw new AwsFailure("malformed_response", operation, `the listing of ${operation} does not end`);
    }
    if (nextToken !== undefined) tokens.add(nextToken);
  } while (nextToken !== undefined);
  return pages;
}
