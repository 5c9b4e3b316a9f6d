// All wording about JavaScript handlers: one function per code (E04xx).
import type { Diagnostic, Span } from "../diagnostic.js";

const error = (
  code: string,
  span: Span,
  message: string,
  why: string | null,
  help: string | undefined,
): Diagnostic => ({
  code,
  severity: "error",
  span,
  message,
  notes: why === null ? [] : [{ text: why }],
  ...(help === undefined ? {} : { help }),
});

const meant = (near: string | null): string | undefined =>
  near === null ? undefined : `did you mean \`${near}\`?`;

export const notJavaScript = (span: Span, message: string): Diagnostic =>
  error("E0401", span, `this is not JavaScript: ${message}`, null, undefined);

export const unknownName = (span: Span, name: string, near: string | null): Diagnostic =>
  error(
    "E0402",
    span,
    `nothing is called \`${name}\` here`,
    "a handler knows fields, `$options`, `let` variables, named filters, what it declares itself, and JavaScript's globals",
    meant(near) ?? "`let NAME` outside of the handlers makes a variable that all of them share",
  );

export const unknownField = (span: Span, path: string, near: string | null): Diagnostic =>
  error(
    "E0403",
    span,
    `there is no field \`${path}\``,
    null,
    meant(near) ?? "`retis help fields` lists them",
  );

export const noEventHere = (span: Span, path: string, where: string): Diagnostic =>
  error(
    "E0404",
    span,
    `\`${path}\` belongs to an event, and ${where} has none`,
    null,
    "keep what you need in a `let` variable, in an `on`",
  );

export const eitherSide = (span: Span, path: string, one: string, other: string): Diagnostic =>
  error(
    "E0405",
    span,
    `\`${path}\` means two fields, so it has no value`,
    "either-side fields are for tests in `where`",
    `name one of \`${one}\` and \`${other}\``,
  );

export const readOnly = (span: Span, path: string): Diagnostic =>
  error("E0406", span, `\`${path}\` cannot be assigned to`, "what an event holds is read only", undefined);

export const hiddenByLet = (span: Span, name: string, what: string): Diagnostic =>
  error("E0407", span, `the variable \`${name}\` would hide ${what}`, null, "choose another name");

export const notInThisVersion = (span: Span, name: string, instead: string): Diagnostic =>
  error("E0408", span, `\`${name}\` is not in this version yet`, null, instead);

export const notInHandlers = (span: Span, name: string, help: string): Diagnostic =>
  error(
    "E0409",
    span,
    `\`${name}\` does not exist in handlers`,
    "they run in a sandbox without files, network, processes, timers, imports and run-time code",
    help,
  );

export const reservedName = (span: Span, name: string, prefix: string): Diagnostic =>
  error(
    "E0410",
    span,
    `\`${name}\` is not available as a name`,
    `names with \`${prefix}\` are the compiler's`,
    undefined,
  );

export const badFormat = (span: Span, message: string): Diagnostic =>
  error(
    "E0411",
    span,
    `this format is not right: ${message}`,
    null,
    "conversions are %d %i %u %x %X %o %s %c %f %e %g %%",
  );

export const argumentCount = (span: Span, wanted: number, given: number): Diagnostic =>
  error(
    "E0412",
    span,
    `the format has ${wanted} ${wanted === 1 ? "conversion" : "conversions"}, but ${given} ${given === 1 ? "value follows" : "values follow"}`,
    null,
    undefined,
  );

export const badPattern = (span: Span, message: string): Diagnostic =>
  error("E0413", span, `this regular expression is not right: ${message}`, null, undefined);

export const unknownOption = (span: Span, name: string, near: string | null): Diagnostic =>
  error(
    "E0414",
    span,
    `the script has no option \`$${name}\``,
    null,
    near === null ? `declare it: \`option ${name}: int = 1\`` : `did you mean \`$${near}\`?`,
  );

export const notCollected = (span: Span, filter: string, section: string): Diagnostic =>
  error(
    "E0415",
    span,
    `the filter \`${filter}\` tests \`${section}\`, which no probe of this \`on\` has`,
    null,
    `attach to a probe that has it, or test something else`,
  );

export const notAFunction = (span: Span, path: string, instead: string | undefined): Diagnostic =>
  error("E0416", span, `\`${path}\` is not a function`, "fields are values in handlers", instead);

/** `what` continues "`x` is …". */
export const neverEqual = (span: Span, path: string, what: string, help: string): Diagnostic => ({
  code: "W0417",
  severity: "warning",
  span,
  message: `this is never equal: \`${path}\` is ${what}`,
  notes: [],
  help,
});
