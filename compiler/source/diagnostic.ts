// What is wrong with a script: a stable code, a place, a reason and a way out. Offsets inside, lines only when rendered.

/** The text that positions refer to: a script file, the argument of `-e`, or a used file. */
export interface Source {
  /** As shown to the user: the path as given, or `-e`. */
  readonly name: string;
  readonly text: string;
  /** It is what the command line gave for an option of the script: no text of the script. */
  readonly given?: true;
}

/** A range of UTF-16 offsets of one source, end exclusive. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

export type Severity = "error" | "warning";

/** A reason, or a second place that takes part in the conflict. */
export interface Note {
  readonly text: string;
  readonly span?: Span;
}

/** One finding. The wording of all of them stands in `source/catalog/`, one function per code. */
export interface Diagnostic {
  /** `E` or `W` and four digits: 01xx syntax, 02xx names and types, 03xx plan. Never reused. */
  readonly code: string;
  readonly severity: Severity;
  readonly span: Span;
  /** What is wrong, in one line, no full stop. */
  readonly message: string;
  /** Why. */
  readonly notes: readonly Note[];
  /** What to do; stands under the carets. */
  readonly help?: string;
}

/** A stage's output beside what it found; the value is null exactly when a diagnostic is an error. */
export interface Checked<T> {
  readonly value: T | null;
  readonly diagnostics: readonly Diagnostic[];
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === "error");

/** Nothing is wrong with the script, but with what the command line gave for its options. */
export const onlyGivenWrong = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .every(({ span }) => span.source.given === true) && hasErrors(diagnostics);

/** The smallest span that holds both, which must be of one source. */
export const join = (from: Span, to: Span): Span => ({
  source: from.source,
  start: Math.min(from.start, to.start),
  end: Math.max(from.end, to.end),
});
