// A piece of a script's JavaScript while it is rewritten, as the parts of the rewriting share it. Types only.
import type { AnyNode } from "acorn";
import type { MagicString } from "magic-string";
import type { Diagnostic, Span } from "../../source/diagnostic.js";
import type { EventPath } from "./event-path.js";
import type { FrameAccess } from "./frame-access.js";
import type { ModuleContext } from "./module-context.js";
import type { FreeName } from "./scope.js";

export interface ScriptPiece {
  readonly kind: "body" | "expression";
  readonly text: string;
  readonly span: Span;
  /** Null: it runs for an event. Else what to call the place that has none. */
  readonly place: string | null;
  /** The clause whose events it sees; null: none, or not known yet. */
  readonly clause: number | null;
}

export interface PieceEdit {
  readonly piece: ScriptPiece;
  readonly module: ModuleContext;
  readonly access: FrameAccess;
  readonly code: MagicString;
  readonly diagnostics: Diagnostic[];
  /** Free identifiers, and those that are dealt with. */
  readonly free: ReadonlyMap<AnyNode, FreeName>;
  readonly done: Set<AnyNode>;
  /** Values of `{ name }` that no longer stand in an object. */
  readonly moved: Set<AnyNode>;
  /** Where a node stands in the script. */
  span(node: { readonly start: number; readonly end: number }): Span;
  /** What a free identifier, or the chain that it heads, means for the event; null: nothing. */
  pathOf(node: AnyNode): EventPath | null;
  /** The event's part of the piece has no event to read from: says so. */
  withoutEvent(node: AnyNode, path: string): boolean;
}
