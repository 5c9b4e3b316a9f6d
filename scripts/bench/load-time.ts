// What it costs to link, load and attach a script of many clauses, beside a script of one.
import { generate } from "../../compiler/codegen/bpf/index.js";
import { loadAddon } from "../../runtime/addon/addon.js";
import { attach } from "../../runtime/attach/attach.js";
import { compared, type Figure, median, milliseconds, plain } from "./figures.js";
import { progress } from "./programs.js";
import { type Prepared, prepare } from "./scripts.js";

const CLAUSES = 16;

export async function loadTime(rounds: number): Promise<readonly Figure[]> {
  progress("load");
  const one = prepare("on drop where tcp.dport == 80 print");
  const many = prepare(
    Array.from({ length: CLAUSES }, (_, i) => `on drop where tcp.dport == ${80 + i} print`).join("\n"),
  );
  const times = { one: [] as number[], many: [] as number[] };
  let verified = { one: 0, many: 0 };
  for (let round = 0; round <= rounds; round++) {
    const first = once(one);
    const second = once(many);
    if (round === 0) continue;
    times.one.push(first.milliseconds);
    times.many.push(second.milliseconds);
    verified = { one: first.verified, many: second.verified };
  }
  return [
    compared(
      `loading ${CLAUSES} clauses`,
      milliseconds(median(times.many)),
      `one clause ${milliseconds(median(times.one))}`,
      median(times.many.map((time, round) => time / (times.one[round] ?? Number.NaN))),
      { kind: "most", value: 1.5 },
    ),
    plain("  instructions that the verifier looked at", `${verified.many}, of one clause ${verified.one}`),
  ];
}

function once({ plan, kernel }: Prepared): { readonly milliseconds: number; readonly verified: number } {
  const generated = generate(plan, kernel);
  const began = performance.now();
  const attached = attach(loadAddon(), plan, generated, kernel.features);
  const milliseconds = performance.now() - began;
  const [probe] = plan.probes;
  const verified = probe === undefined ? 0 : attached.programInfo(probe).verifiedInstructions;
  attached.detach();
  attached.close();
  return { milliseconds, verified };
}
