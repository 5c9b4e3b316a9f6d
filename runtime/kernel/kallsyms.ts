// The kernel's symbol table: addresses to `symbol+0xoffset`. Read when the first address has to be named, since the
// kernel takes 30 to 60 ms to print it.
import { closeSync, openSync, readSync } from "node:fs";
import { loadAddon } from "../addon/addon.js";
import type { NativeKallsyms } from "../addon/event-file.js";

/** An address as one double: bits 0 to 47, which tell all kernel addresses apart. */
export const addressKey = (high: number, low: number): number =>
  (high & 0xffff) * 0x1_0000_0000 + (low >>> 0);

/** The names behind kernel addresses. */
export interface Symbols {
  /** `tcp_v4_rcv+0x9e`, or `0xffff…` when no symbol is below the address. */
  name(high: number, low: number): string;
}

export class Kallsyms implements Symbols {
  /** For whoever names addresses in a thread of its own. */
  readonly native: NativeKallsyms;
  readonly #descriptor: number;
  readonly #cache = new Map<number, string>();

  /** Opens now and reads later: the right to see addresses belongs to whoever opened the file. */
  static open(path = "/proc/kallsyms"): Kallsyms {
    return new Kallsyms(openSync(path, "r"));
  }

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.native = new (loadAddon().Kallsyms)(descriptor);
  }

  name(high: number, low: number): string {
    const key = addressKey(high, low);
    let text = this.#cache.get(key);
    if (text === undefined) {
      text = this.native.name(high >>> 0, low >>> 0);
      this.#cache.set(key, text);
    }
    return text;
  }

  /**
   * The kernel shows zeros in place of addresses to whom it does not trust: CAP_SYSLOG is missing. Per-CPU symbols come
   * first on x86 before 6.15, and the first few of them lie at 0 for everybody: so the first page is asked, not a line.
   */
  hidden(): boolean {
    const page = Buffer.alloc(4096);
    const length = readSync(this.#descriptor, page, 0, page.length, 0);
    return !/^0*[1-9a-f]/m.test(page.toString("latin1", 0, length));
  }

  /** Whether a text symbol of this name exists. */
  has(name: string): boolean {
    return this.native.has(name);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
