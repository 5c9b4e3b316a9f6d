// Typed access to chevrotain's CST, whose children are dictionaries of arrays.
import type { CstChildrenDictionary, CstElement, CstNode, TokenType } from "chevrotain";
import type { Source, Span } from "../source/diagnostic.js";
import type { Token } from "./tokens.js";

const isNode = (element: CstElement): element is CstNode => "children" in element;
const isToken = (element: CstElement): element is Token =>
  "image" in element && element.endOffset !== undefined;

export const tokensOf = (children: CstChildrenDictionary, type: TokenType): readonly Token[] =>
  (children[type.name] ?? []).filter(isToken);

export const nodesOf = (children: CstChildrenDictionary, rule: string): readonly CstNode[] =>
  (children[rule] ?? []).filter(isNode);

export const optionalToken = (children: CstChildrenDictionary, type: TokenType, index = 0): Token | null =>
  tokensOf(children, type)[index] ?? null;

export const optionalNode = (children: CstChildrenDictionary, rule: string, index = 0): CstNode | null =>
  nodesOf(children, rule)[index] ?? null;

/** A child that the grammar guarantees. */
export function tokenOf(children: CstChildrenDictionary, type: TokenType, index = 0): Token {
  const token = optionalToken(children, type, index);
  if (token === null) throw new Error(`the grammar promised a ${type.name}`);
  return token;
}

export function nodeOf(children: CstChildrenDictionary, rule: string, index = 0): CstNode {
  const node = optionalNode(children, rule, index);
  if (node === null) throw new Error(`the grammar promised a ${rule}`);
  return node;
}

/** The only child of a rule that is a choice. */
export function onlyChild(children: CstChildrenDictionary): CstNode | Token {
  for (const elements of Object.values(children)) {
    const [element] = elements;
    if (element !== undefined && (isNode(element) || isToken(element))) return element;
  }
  throw new Error("the grammar promised a child");
}

export const isCstNode = (child: CstNode | Token): child is CstNode => "children" in child;

export const tokenSpan = (source: Source, token: Token): Span => ({
  source,
  start: token.startOffset,
  end: token.endOffset + 1,
});

/** Offsets are tracked for every rule; a rule that matched nothing has none, and none is asked of it. */
export function nodeSpan(source: Source, node: CstNode): Span {
  const { startOffset = 0, endOffset = startOffset } = node.location ?? {};
  return { source, start: startOffset, end: endOffset + 1 };
}
