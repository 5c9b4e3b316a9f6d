// A stored run of the very script that is replayed: what the kernel decided then, and when timed blocks ran, is taken as
// it was, so that the output is the same.
import type { Plan } from "../../compiler/plan/plan.js";
import type { SourceHeader } from "../events/source.js";

/** Whether `source` was made by this script with these options. */
export function isRunOf(
  { scriptDigest, scriptOptions, started }: SourceHeader,
  script: { readonly digest: string; readonly options: Readonly<Record<string, string>> },
): boolean {
  if (scriptDigest === null || started === undefined || scriptDigest !== script.digest) return false;
  const sorted = (options: Readonly<Record<string, string>>): string =>
    JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(scriptOptions ?? {}) === sorted(script.options);
}

/** Frames bring the verdicts of the kernel's parts; of clauses that were decided there, nothing is left. */
export function withRecordedVerdicts(plan: Plan, decided: readonly number[]): Plan {
  const always = { kind: "constant", value: true } as const;
  return {
    ...plan,
    clauses: plan.clauses.map((clause) => ({
      ...clause,
      kernel: always,
      user: decided.includes(clause.id) ? null : clause.user,
    })),
  };
}
