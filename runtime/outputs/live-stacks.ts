// Stacks of live frames by name, cut of the tracer's own frames, each distinct stack symbolised once.
import { structs } from "../../compiler/schema/generated/layout.js";
import { addressKey, type Symbols } from "../kernel/kallsyms.js";
import type { Stacks } from "./names.js";

const { depth: depthMember, frames: framesMember } = structs.section_stack.members;

/** Between the traced code and the program: how a BPF program gets called, never what a reader asks about. */
const OWN_FRAME =
  /^(bpf_prog_[0-9a-f]{16}|bpf_trace_run\d|__bpf_trace_|__traceiter_|bpf_get_stack|bpf_trampoline_|__bpf_prog_enter|trace_call_bpf)/;

/** Distinct stacks that are remembered; a trace with more than that of them is not helped by remembering. */
const CACHE_LIMIT = 4096;

/** Stacks of live frames: raw addresses. */
export class LiveStacks implements Stacks {
  readonly #symbols: Symbols;
  readonly #cache = new Map<string, readonly string[]>();

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
  }

  /** The traced code's frames, innermost first: `tcp_v4_rcv+0x9e`. `section` is where struct section_stack begins. */
  frames(view: DataView, section: number): readonly string[] {
    const depth = view.getUint32(section + depthMember.offset, true);
    const first = section + framesMember.offset;
    let key = "";
    for (let index = 0; index < depth; index++) {
      const at = first + index * 8;
      key += `${addressKey(view.getUint32(at + 4, true), view.getUint32(at, true)).toString(36)},`;
    }
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const all: string[] = [];
    for (let index = 0; index < depth; index++) {
      const at = first + index * 8;
      all.push(this.#symbols.name(view.getUint32(at + 4, true), view.getUint32(at, true)));
    }
    const names = withoutOwnFrames(all);
    if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
    this.#cache.set(key, names);
    return names;
  }
}

/** Cuts up to the last own frame near the top. Programs that no symbol names stand above a named one. */
export function withoutOwnFrames(names: readonly string[]): readonly string[] {
  const top = names.slice(0, 12);
  const last = top.findLastIndex((name) => OWN_FRAME.test(name));
  return names.slice(last + 1);
}
