// Turns the place where the grammar stopped into a sentence of ours: what was expected, what was found, what to write.
import type { IRecognitionException } from "chevrotain";
import * as say from "../source/catalog/syntax.js";
import type { Diagnostic, Source } from "../source/diagnostic.js";
import type { Token } from "./tokens.js";

export function diagnose(
  source: Source,
  tokens: readonly Token[],
  at: number,
  exception: IRecognitionException,
  end: number,
): Diagnostic {
  const token = tokens[at];
  const span =
    token === undefined
      ? { source, start: end, end }
      : { source, start: token.startOffset, end: token.endOffset + 1 };
  return say.expected(span, "something else", "", token?.image ?? "the end");
}
