import { ApiError } from "../failure.ts";
import type { Page } from "./read-json.ts";

/** Far above Athena's quotas of 1,000 workgroups in a region and 50 tags of a workgroup, and as many as an organization may have accounts. */
const MAX_LISTED = 10_000;
/** Pages of Organizations have at most 20 accounts, and may be empty. */
const MAX_PAGES = 1_000;

/** All items of a listing. Rejects with ApiError malformed_response if it does not end. */
export async function listAll<Item>(
  operation: string,
  readPage: (nextToken: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  const tokens = new Set<string>();
  let next: string | undefined;
  for (;;) {
    const page = await readPage(next);
    items.push(...page.items);
    const { nextToken } = page;
    if (nextToken === undefined) return items;
    if (tokens.has(nextToken) || tokens.size >= MAX_PAGES || items.length > MAX_LISTED) {
      throw new ApiError("malformed_response", operation, `the listing of ${operation} does not end`);
    }
    tokens.add(nextToken);
    next = nextToken;
  }
}
