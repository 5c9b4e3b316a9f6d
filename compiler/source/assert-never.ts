// The end of every exhaustive switch: a kind that is not handled does not compile.

/** Throws when a value outside its type gets here, which only a bug of ours can cause. */
export function assertNever(value: never): never {
  throw new Error(`unhandled kind: ${JSON.stringify(value)}`);
}
