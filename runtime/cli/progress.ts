// Progress of long work, on stderr and only on a terminal: how far, how fast, how long still.
import { isatty } from "node:tty";

const EVERY_MS = 200;
const ERASE_LINE = "\r\x1b[K";

export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #shown = isatty(2);
  readonly #began = performance.now();
  #next: number;
  #written = false;

  /** `total`: bytes; 0 where nobody knows (a pipe). */
  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
    // Work that is done at once shows nothing.
    this.#next = this.#began + 1000;
  }

  update(bytes: number, events: number): void {
    const now = performance.now();
    if (!this.#shown || now < this.#next) return;
    this.#next = now + EVERY_MS;
    const seconds = (now - this.#began) / 1000;
    const rate = `${Math.round(events / seconds / 1000)} k events/s`;
    const left =
      this.#total > 0 && bytes > 0 ? `, ${Math.ceil((seconds / bytes) * (this.#total - bytes))} s left` : "";
    const share = this.#total > 0 ? `${Math.floor((bytes / this.#total) * 100)} %, ` : "";
    process.stderr.write(`${ERASE_LINE}${this.#what}: ${share}${events} events, ${rate}${left}`);
    this.#written = true;
  }

  /** Takes the line away, before something else is written there. */
  done(): void {
    if (this.#written) process.stderr.write(ERASE_LINE);
    this.#written = false;
  }
}
