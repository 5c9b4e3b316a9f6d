// The limit on nesting (LANGUAGE §1), checked on tokens before anything recursive sees them. A chain of arithmetic
// counts too: it nests to the left in the tree.
import * as t from "./tokens.js";

export const maxNesting = 100;

const deepening: ReadonlySet<unknown> = new Set([t.Not, t.PrefixOp, t.Minus, t.BinaryOp, t.Slash, t.Percent]);
const opening: ReadonlySet<unknown> = new Set([t.LeftParen, t.LeftBracket, t.LeftBrace]);
const closing: ReadonlySet<unknown> = new Set([t.RightParen, t.RightBracket, t.RightBrace]);
/** Tokens within one chain of arithmetic. */
const inChain: ReadonlySet<unknown> = new Set([
  ...[t.Word, t.Dot, t.OptionName, t.Int, t.Duration, t.Size, t.Text, t.Ip, t.Cidr, t.Mac],
  ...[t.Stack, t.Since, t.Cast, t.Pcap],
]);

/** The token with which an item's nesting passes the limit; null when none does. */
export function findTooDeep(tokens: readonly t.Token[]): t.Token | null {
  /** For each open bracket, the operators before it in its chain. */
  const outer: number[] = [];
  let total = 0;
  let chain = 0;
  for (const token of tokens) {
    const { tokenType } = token;
    if (opening.has(tokenType)) {
      outer.push(chain);
      total += 1;
      chain = 0;
    } else if (closing.has(tokenType)) {
      total -= chain;
      const before = outer.pop();
      if (before !== undefined) total -= 1;
      chain = before ?? 0;
    } else if (deepening.has(tokenType)) {
      chain += 1;
      total += 1;
    } else if (!inChain.has(tokenType)) {
      total -= chain;
      chain = 0;
    }
    if (total > maxNesting) return token;
  }
  return null;
}
