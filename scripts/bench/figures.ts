// What was measured, as rows of a table: a figure, what it is compared with, the goal, and whether it holds.

export interface Figure {
  readonly subject: string;
  readonly measured: string;
  /** What it was measured beside; null: nothing. */
  readonly reference: string | null;
  /** Compared with the goal; null: the figure is only for information. */
  readonly ratio: string | null;
  readonly goal: string | null;
  readonly holds: boolean | null;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** `subject` is `ratio` times its reference, and should be `goal.kind` `goal.value`. */
export function compared(
  subject: string,
  measured: string,
  reference: string,
  ratio: number,
  goal: { readonly kind: "least" | "most"; readonly value: number },
): Figure {
  const holds = goal.kind === "least" ? ratio >= goal.value : ratio <= goal.value;
  const sign = goal.kind === "least" ? "≥" : "≤";
  return {
    subject,
    measured,
    reference,
    ratio: `${ratio.toFixed(2)} ×`,
    goal: `${sign} ${goal.value} ×`,
    holds,
  };
}

export function bounded(subject: string, value: number, most: number, unit: string): Figure {
  const text = (number: number): string =>
    `${Number.isInteger(number) ? number : number.toFixed(number < 10 ? 2 : 0)} ${unit}`;
  return {
    subject,
    measured: text(value),
    reference: null,
    ratio: null,
    goal: `≤ ${text(most)}`,
    holds: value <= most,
  };
}

export const plain = (subject: string, measured: string): Figure => ({
  subject,
  measured,
  reference: null,
  ratio: null,
  goal: null,
  holds: null,
});

/** `lost` should be 0 at a rate that was asked for; where a busy machine made fewer events, 0 means nothing. */
export function lostAt(subject: string, lost: number, reached: number, asked: number): Figure {
  const came = reached >= asked * 0.9;
  return {
    ...plain(subject, `${lost} at ${perSecond(reached)}${came ? "" : ` of ${perSecond(asked)} asked`}`),
    goal: "0",
    holds: lost > 0 ? false : came ? true : null,
  };
}

export function printTable(figures: readonly Figure[]): void {
  const rows = [
    ["", "measured", "reference", "ratio", "goal", "holds"],
    ...figures.map((figure) => [
      figure.subject,
      figure.measured,
      figure.reference ?? "",
      figure.ratio ?? "",
      figure.goal ?? "",
      figure.holds === null ? "" : figure.holds ? "yes" : "NO",
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

export const perSecond = (rate: number): string =>
  rate >= 1e6 ? `${(rate / 1e6).toFixed(2)} M/s` : `${Math.round(rate / 1e3)} k/s`;
export const nanoseconds = (value: number): string => `${Math.round(value)} ns`;
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
