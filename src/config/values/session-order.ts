import { textValue } from "./value.ts";

/** What sessions are sorted by; urgency: those that need action first, then longest idle. */
export const SESSION_ORDERS = ["urgency", "idle", "cost", "age", "state", "workgroup", "account"] as const;

export interface SessionOrder {
  readonly by: (typeof SESSION_ORDERS)[number];
  readonly isReversed: boolean;
}

/** Parses the name of an order, after "-" if it is reversed. Undefined if there is no such order. */
export function parseSessionOrder(text: string): SessionOrder | undefined {
  const isReversed = text.startsWith("-");
  const by = SESSION_ORDERS.find((name) => name === text.slice(isReversed ? 1 : 0));
  return by && { by, isReversed };
}

/** The inverse of `parseSessionOrder`. */
export function formatSessionOrder({ by, isReversed }: SessionOrder): string {
  return isReversed ? `-${by}` : by;
}

export const sessionOrder = textValue({
  expected: `one of ${SESSION_ORDERS.join(", ")}, or -idle to reverse the order`,
  placeholder: "ORDER",
  words: SESSION_ORDERS,
  parse: parseSessionOrder,
});
