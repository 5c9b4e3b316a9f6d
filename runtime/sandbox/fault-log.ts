// What went wrong in handlers, each place once, with a count: the first time it is said at once, the count at the end.
import { type HandlerModule, locateStack } from "../../compiler/codegen/handlers/index.js";
import type { Span } from "../../compiler/source/diagnostic.js";
import { LIMITS } from "./limits.js";
import type { FaultKind, WorkerFault } from "./protocol.js";

export interface HandlerFault {
  readonly kind: FaultKind | "pattern" | "broken";
  /** Where in the script; null: nowhere in particular. */
  readonly span: Span | null;
  readonly message: string;
  /** So far. */
  readonly count: number;
}

/** Different places that are kept; messages may hold text from the network. */
const MAX_PLACES = 1000;

export class FaultLog {
  readonly #module: HandlerModule;
  readonly #report: (fault: HandlerFault) => void;
  readonly #faults = new Map<string, HandlerFault>();

  constructor(module: HandlerModule, report: (fault: HandlerFault) => void) {
    this.#module = module;
    this.#report = report;
  }

  get all(): readonly HandlerFault[] {
    return [...this.#faults.values()];
  }

  addAll(faults: readonly WorkerFault[]): void {
    for (const { kind, handler, count, message, stack } of faults) {
      const span = locateStack(this.#module.positions, stack) ?? this.#module.handlers[handler]?.span ?? null;
      this.add({ kind, span, message: messageOf(kind, message), count });
    }
  }

  add(fault: HandlerFault): void {
    // One line for one place, whatever the text says: it may differ from event to event.
    const key = `${fault.kind} ${fault.span?.source.name ?? ""} ${fault.span?.start ?? ""}`;
    const known = this.#faults.get(key);
    if (known !== undefined) {
      this.#faults.set(key, { ...known, count: known.count + fault.count });
      return;
    }
    if (this.#faults.size >= MAX_PLACES) return;
    // Text from the network may be in it, and a terminal obeys control characters.
    const printable = { ...fault, message: fault.message.replace(/\p{Cc}/gu, "\ufffd") };
    this.#faults.set(key, printable);
    this.#report(printable);
  }
}

function messageOf(kind: FaultKind, thrown: string): string {
  switch (kind) {
    case "exception":
      return thrown;
    case "deadline":
      return `the handler ran for more than ${LIMITS.call} ms and was stopped`;
    case "output":
      return "the handler put out more than one call may; the rest is left out";
    case "memory":
      return `the handler used up the ${LIMITS.memory >> 20} MiB of memory and is switched off; the others start anew`;
    case "terminated":
      return "the handler did not return and is switched off; the others start anew";
  }
}
