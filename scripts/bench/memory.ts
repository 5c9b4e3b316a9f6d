// Resident memory of a running trace: when it is ready, and after a million events.
import { bounded, type Figure } from "./figures.js";
import { finished, inNamespace, progress } from "./programs.js";

export interface Memory {
  readonly script: string;
  readonly readyMiB: number;
  readonly afterMiB: number;
  readonly events: number;
}

const MOST = 150;

export async function residentMemory(): Promise<readonly Figure[]> {
  progress("memory: a million events each");
  const { stdout } = await finished(inNamespace("memory-runs", []));
  return (JSON.parse(stdout) as readonly Memory[]).flatMap(({ script, readyMiB, afterMiB, events }) => [
    bounded(`memory of ${script}, ready`, Math.round(readyMiB), MOST, "MiB"),
    bounded(`  after ${(events / 1e6).toFixed(2)} million events`, Math.round(afterMiB), MOST, "MiB"),
  ]);
}
