// What of BPF is loaded: /proc and the ids of the machine in, the objects of one process and those left behind out.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { program } from "./programs.js";

/** `prog 12`, `link 3`, `map 40` → the name it was loaded with, where it has one. */
export type BpfObjects = ReadonlyMap<string, string>;

interface Machine {
  readonly objects: BpfObjects;
  readonly mapsOf: ReadonlyMap<string, readonly string[]>;
}

const list = (): Machine => {
  const objects = new Map<string, string>();
  const mapsOf = new Map<string, string[]>();
  const output = execFileSync(program("bpf-ids"), { encoding: "utf8" });
  for (const line of output.split("\n").filter((text) => text !== "")) {
    const [kind, id, rest] = line.split(" ") as [string, string, string | undefined];
    if (kind === "uses") mapsOf.set(`prog ${id}`, [...(mapsOf.get(`prog ${id}`) ?? []), `map ${rest}`]);
    else objects.set(`${kind} ${id}`, rest ?? "");
  }
  return { objects, mapsOf };
};

export const bpfObjects = (): BpfObjects => list().objects;

/** What a process holds by descriptors, and the maps of the programs among it. Empty when it has ended. */
export const heldBy = (pid: number): ReadonlySet<string> => {
  const { mapsOf } = list();
  const held = new Set<string>();
  try {
    for (const descriptor of readdirSync(`/proc/${pid}/fdinfo`)) {
      const text = readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "utf8");
      for (const [, kind, id] of text.matchAll(/^(prog|map|link)_id:\s*(\d+)$/gm)) {
        held.add(`${kind} ${id}`);
        for (const map of mapsOf.get(`${kind} ${id}`) ?? []) held.add(map);
      }
    }
  } catch {
    // The process or the descriptor went while we looked: what was seen so far is what there is to check.
  }
  return held;
};

const everyProcess = (): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Those of `objects` that are still there after the kernel had time to free them (it does so after a grace period). */
export const leftOf = async (objects: Iterable<string>, patience = 5000): Promise<readonly string[]> => {
  const wanted = [...objects];
  const until = Date.now() + patience;
  for (;;) {
    const now = bpfObjects();
    const left = wanted.filter((object) => now.has(object));
    if (left.length === 0 || Date.now() > until) return left.map((object) => `${object} ${now.get(object)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** What came since `before`, has one of `names` (a link has none) and belongs to no process that is alive. */
export const orphansSince = async (
  before: BpfObjects,
  names: ReadonlySet<string | undefined>,
): Promise<readonly string[]> => {
  const fresh = (): string[] =>
    [...bpfObjects()]
      .filter(([object, name]) => !before.has(object) && names.has(name))
      .map(([object]) => object);
  await leftOf(fresh(), 2000);
  const held = new Set(everyProcess().flatMap((pid) => [...heldBy(pid)]));
  return leftOf(
    fresh().filter((object) => !held.has(object)),
    2000,
  );
};
