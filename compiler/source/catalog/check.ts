// All wording of the checker about declarations, probes, options, settings and actions (E02xx, W02xx). What it says about
// names and types in expressions stands in check-expressions.ts.
import type { Diagnostic, Note, Severity, Span } from "../diagnostic.js";

const diagnostic = (
  severity: Severity,
  code: string,
  span: Span,
  message: string,
  help: string | null,
  notes: readonly Note[] = [],
): Diagnostic => ({ code, severity, span, message, notes, ...(help === null ? {} : { help }) });

const error = (code: string, span: Span, message: string, help: string | null, ...notes: readonly Note[]) =>
  diagnostic("error", code, span, message, help, notes);

const warning = (code: string, span: Span, message: string, help: string | null, ...notes: readonly Note[]) =>
  diagnostic("warning", code, span, message, help, notes);

export const didYouMean = (name: string | null): string | null =>
  name === null ? null : `did you mean \`${name}\`?`;

const list = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");

// ---- declarations --------------------------------------------------------------------------------------------------

export const declaredTwice = (span: Span, what: string, name: string, before: Span): Diagnostic =>
  error("E0201", span, `${what} \`${name}\` is declared twice`, "rename one of them", {
    text: "first declared here",
    span: before,
  });

export const settingTwice = (span: Span, name: string, before: Span): Diagnostic =>
  error("E0201", span, `setting \`${name}\` is set twice`, "remove one of the two", {
    text: "first set here",
    span: before,
  });

/** Understood by the language, but not built yet. `wayOut` says what to do instead. */
export const notYet = (span: Span, what: string, wayOut: string): Diagnostic =>
  error("E0204", span, `${what} not in this version yet`, wayOut);

export const hidesName = (span: Span, what: string, name: string, hidden: string): Diagnostic =>
  error(
    "E0205",
    span,
    `a ${what} cannot be called \`${name}\``,
    `choose another name, such as \`my_${name.replaceAll("-", "_")}\``,
    {
      text: `\`${name}\` is ${hidden}`,
    },
  );

export const reservedInJavaScript = (span: Span, name: string): Diagnostic =>
  error(
    "E0205",
    span,
    `a variable cannot be called \`${name}\``,
    `choose another name, such as \`my_${name}\``,
    {
      text: `\`${name}\` is a reserved word of JavaScript`,
    },
  );

export const usedFileMissing = (span: Span, path: string): Diagnostic =>
  error(
    "E0206",
    span,
    `there is no script \`${path}\``,
    "the path counts from the folder of the script that uses it",
  );

/** `reason` is a sentence: `cannot read lib.rts: permission denied`. */
export const usedFileUnreadable = (span: Span, reason: string): Diagnostic =>
  error("E0206", span, reason, "the path counts from the folder of the script that uses it");

export const usedFileActs = (span: Span, item: string, use: Span): Diagnostic =>
  error(
    "E0206",
    span,
    `a used file cannot have \`${item}\``,
    "move it to the script itself",
    {
      text: "it brings declarations only: option, probe, filter, let",
    },
    { text: "used here", span: use },
  );

export const cycle = (
  span: Span,
  what: string,
  names: readonly string[],
  others: readonly Span[],
): Diagnostic =>
  error(
    "E0207",
    span,
    `${what} \`${names[0] ?? ""}\` is defined by itself`,
    "take one of the names out of the circle",
    { text: names.map((name) => `\`${name}\``).join(" needs ") },
    ...others.map((other) => ({ text: "by way of this one", span: other })),
  );

// ---- probes --------------------------------------------------------------------------------------------------------

const LIST_TRACEPOINTS = "`retis inspect` lists them";

/** A bare word that is neither a probe nor an event nor a function. */
export const unknownProbe = (
  span: Span,
  name: string,
  near: string | null,
  known: readonly string[],
): Diagnostic =>
  error("E0208", span, `there is no probe \`${name}\``, didYouMean(near) ?? `probes are ${list(known)}`, {
    text: "it is neither declared with `probe`, nor a tracepoint or function of this kernel",
  });

export const unknownTracepoint = (
  span: Span,
  name: string,
  near: string | null,
  release: string,
): Diagnostic =>
  error("E0208", span, `there is no tracepoint \`${name}\``, didYouMean(near) ?? LIST_TRACEPOINTS, {
    text: `kernel ${release} has none of that name`,
  });

export const tracepointWithoutSubsystem = (span: Span, event: string, found: readonly string[]): Diagnostic =>
  error(
    "E0208",
    span,
    `\`${event}\` lacks its subsystem`,
    found.length === 0 ? "write `tp:SUBSYSTEM:EVENT`" : `write ${list(found)}`,
    {
      text: "a tracepoint is named by subsystem and event",
    },
  );

export const functionProbe = (
  span: Span,
  name: string,
  state: "traceable" | "not-traceable" | "absent",
  near: string | null,
): Diagnostic => {
  const notes: Record<typeof state, string> = {
    traceable: `the kernel has a function \`${name}\`, and it could be probed`,
    "not-traceable": `the kernel has a function \`${name}\`, but marks it as not traceable`,
    absent: `this kernel has no function \`${name}\`, or the compiler inlined it`,
  };
  return error(
    "E0204",
    span,
    "probes on functions are not in this version yet",
    near === null ? `use a tracepoint: ${LIST_TRACEPOINTS}` : `use a tracepoint, such as \`${near}\``,
    { text: notes[state] },
  );
};

export const userProbe = (span: Span, kind: string): Diagnostic =>
  error(
    "E0204",
    span,
    `\`${kind}\` probes are not in this version yet`,
    `use a tracepoint: ${LIST_TRACEPOINTS}`,
  );

export const noAlternative = (span: Span, reasons: readonly Diagnostic[]): Diagnostic =>
  error(
    "E0209",
    span,
    "this kernel has none of these probes",
    `add one that it has: ${LIST_TRACEPOINTS}`,
    ...reasons.map((reason) => ({ text: reason.message, span: reason.span })),
  );

export const emptyWildcard = (span: Span, pattern: string): Diagnostic =>
  error("E0210", span, `no tracepoint matches \`${pattern}\``, LIST_TRACEPOINTS, {
    text: "`*` stands for any characters of one part, `?` for one",
  });

export const unknownWildcard = (span: Span, pattern: string): Diagnostic =>
  error(
    "E0210",
    span,
    `what \`${pattern}\` stands for cannot be told: the list of tracepoints is not readable`,
    "run it as root, or name each tracepoint",
    { text: "the list is in /sys/kernel/tracing (tracefs), which usually only root can read" },
  );

export const optionIsNoProbe = (span: Span, name: string, declared: Span): Diagnostic =>
  error("E0208", span, `\`$${name}\` is not a probe`, `declare it as \`option ${name}: probe\``, {
    text: "declared here",
    span: declared,
  });

export const probeNotGiven = (span: Span, name: string): Diagnostic =>
  error(
    "E0214",
    span,
    `option \`${name}\` was not given, so there is no probe`,
    `give \`--${name.replaceAll("_", "-")} PROBE\`, or give the option a default`,
  );

/** A prelude's probe that this kernel does not have: the reason is shown at the place that uses it. */
export const probeUnavailable = (span: Span, name: string, reason: Diagnostic): Diagnostic =>
  error("E0208", span, `probe \`${name}\` cannot be used on this kernel`, reason.help ?? null, {
    text: reason.message,
    span: reason.span,
  });

/** A wildcard may stand for hundreds. */
const someOf = (names: readonly string[]): string =>
  names.length <= 4 ? list(names) : `${list(names.slice(0, 3))} and ${names.length - 3} more`;

const because = (fields: readonly string[], why: string): Note => ({ text: `${list(fields)}: ${why}` });

const OTHER_KERNELS = "nothing to do, if the script is for other kernels too";

/** `byKernel`: a newer kernel would have it. */
export const neverMatches = (
  severity: Severity,
  span: Span,
  probes: readonly string[],
  fields: readonly string[],
  why: string,
  byKernel: boolean,
): Diagnostic => {
  const isError = severity === "error";
  const help = isError
    ? "choose a probe that has it, or another field"
    : byKernel
      ? OTHER_KERNELS
      : "name only probes where it can match";
  const code = isError ? "E0211" : "W0211";
  return diagnostic(severity, code, span, `this can never match at ${someOf(probes)}`, help, [
    because(fields, why),
  ]);
};

export const alwaysAbsent = (span: Span, name: string, why: string, byKernel: boolean): Diagnostic =>
  warning(
    "W0239",
    span,
    `\`${name}\` is always absent here`,
    byKernel ? OTHER_KERNELS : "print it at a probe that has it",
    { text: why },
  );

// ---- options and settings ------------------------------------------------------------------------------------------

export const unknownOptionType = (
  span: Span,
  name: string,
  near: string | null,
  known: readonly string[],
): Diagnostic =>
  error("E0212", span, `\`${name}\` is not a type`, didYouMean(near) ?? `types are ${list(known)}`);

export const wrongOptionValue = (
  span: Span,
  what: string,
  expected: string,
  example: string,
  declared: Span,
): Diagnostic =>
  error("E0213", span, `${what} is not ${expected}`, `write for example \`${example}\``, {
    text: "the option is declared here",
    span: declared,
  });

export const optionRequired = (span: Span, name: string, flag: string, type: string): Diagnostic =>
  error("E0214", span, `option \`${name}\` needs a value`, `run with \`${flag} …\`, or give it a default`, {
    text: `its type is ${type}, without \`?\``,
  });

export const unknownGivenOption = (
  span: Span,
  flag: string,
  near: string | null,
  known: readonly string[],
): Diagnostic =>
  error(
    "E0215",
    span,
    `the script has no option \`${flag}\``,
    didYouMean(near) ?? (known.length === 0 ? "it has no options at all" : `it has ${list(known)}`),
  );

export const unknownOption = (span: Span, name: string, near: string | null): Diagnostic =>
  error(
    "E0215",
    span,
    `there is no option \`$${name}\``,
    didYouMean(near === null ? null : `$${near}`) ?? `declare it: \`option ${name}: int\``,
  );

export const unknownSetting = (
  span: Span,
  name: string,
  near: string | null,
  known: readonly string[],
): Diagnostic =>
  error("E0216", span, `there is no setting \`${name}\``, didYouMean(near) ?? `settings are ${list(known)}`);

export const wrongSetting = (span: Span, name: string, expected: string, example: string): Diagnostic =>
  error("E0217", span, `\`${name}\` takes ${expected}`, `write for example \`set ${name} = ${example}\``);

// ---- actions -------------------------------------------------------------------------------------------------------

export const protocolInRecord = (span: Span, name: string, fields: readonly string[]): Diagnostic =>
  error(
    "E0218",
    span,
    `\`${name}\` is a whole protocol, not a value of a record`,
    `name its fields: ${list(fields.slice(0, 4))}`,
    {
      text: "a field or expression after `print` makes it a record; sections alone add to the event",
    },
  );

export const sectionUnavailable = (
  span: Span,
  name: string,
  probes: readonly string[],
  why: string,
): Diagnostic =>
  error(
    "E0219",
    span,
    `${someOf(probes)} never ${probes.length === 1 ? "has" : "have"} a section \`${name}\``,
    "choose a probe that has it",
    {
      text: why,
    },
  );

export const columnTwice = (span: Span, source: string, before: Span): Diagnostic =>
  error(
    "E0220",
    span,
    `\`${source}\` is printed twice`,
    "remove one: a record's values are named by their text",
    {
      text: "the first one",
      span: before,
    },
  );

export const onlyJavaScript = (span: Span, action: string, item: string): Diagnostic =>
  error(
    "E0237",
    span,
    `\`${action}\` in \`${item}\` is not in this version yet`,
    "use a JavaScript block: `{ … }`",
    {
      text: `\`${item}\` has no event of its own`,
    },
  );

export const wrongPeriod = (span: Span, found: string): Diagnostic =>
  error("E0238", span, `\`every\` takes a time above zero, not ${found}`, "write for example `every 5s`");
