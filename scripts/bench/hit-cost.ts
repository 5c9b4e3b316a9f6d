// What one hit costs in the kernel: the kernel's own count of run times (bpf_stats), of one program after the other on
// the same traffic, round after round.
import { bounded, compared, type Figure, median, nanoseconds, plain } from "./figures.js";
import { finished, inNamespace, progress } from "./programs.js";

/** Nanoseconds per hit, a value a round. */
export interface HitCosts {
  readonly empty: readonly number[];
  readonly no: readonly number[];
  readonly yes: readonly number[];
  /** Null: there is no bpftrace, or it cannot attach. */
  readonly count: readonly number[] | null;
  readonly test: readonly number[] | null;
  readonly packetsPerSecond: number;
  readonly verified: number;
}

const YES_BUDGET = 1200;

export async function hitCost(rounds: number): Promise<readonly Figure[]> {
  progress("hit: traffic in a network namespace");
  const child = inNamespace("hit-cost-rounds", [String(rounds)]);
  child.process.stderr?.pipe(process.stderr);
  const costs = JSON.parse((await finished(child)).stdout) as HitCosts;
  const over = (own: readonly number[]): readonly number[] =>
    own.map((cost, round) => cost - (costs.empty[round] ?? Number.NaN));
  const no = over(costs.no);
  const figures = [
    plain("an empty program on netif_receive_skb", nanoseconds(median(costs.empty))),
    plain(
      "`on rx where tcp.port == 80` saying no",
      `${nanoseconds(median(costs.no))}, ${nanoseconds(median(no))} over empty`,
    ),
  ];
  if (costs.test !== null && costs.count !== null) {
    const test = over(costs.test);
    figures.push(
      compared(
        "  its own part, against bpftrace's test",
        nanoseconds(median(no)),
        `bpftrace ${nanoseconds(median(test))} over empty`,
        median(no.map((cost, round) => cost / (test[round] ?? Number.NaN))),
        { kind: "most", value: 0.5 },
      ),
      compared(
        "  in all, against bpftrace's count()",
        nanoseconds(median(costs.no)),
        `bpftrace ${nanoseconds(median(costs.count))}`,
        median(costs.no.map((cost, round) => cost / (costs.count?.[round] ?? Number.NaN))),
        { kind: "most", value: 1 },
      ),
    );
  } else figures.push(plain("  bpftrace is missing: nothing to compare with", ""));
  return [
    ...figures,
    bounded(
      "saying yes: 300 bytes, skb, dev, ns, over empty",
      Math.round(median(over(costs.yes))),
      YES_BUDGET,
      "ns",
    ),
    plain("  packets a second while measuring", `${Math.round(costs.packetsPerSecond / 1e3)} k/s`),
    plain("  instructions that the verifier looked at, no", String(costs.verified)),
  ];
}
