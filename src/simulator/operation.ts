import type { Context } from "./context.ts";
import type { Shape } from "./shape.ts";

/** An operation of Athena: reads the request's JSON, gives the answer's, or throws an AwsError. */
export interface Operation {
  run(input: unknown, context: Context): object;
}

/** An operation whose request must have `shape`. */
export function operation<T>(shape: Shape<T>, answer: (input: T, context: Context) => object): Operation {
  return { run: (input, context) => answer(shape(input, ""), context) };
}
