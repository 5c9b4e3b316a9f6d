// Which frames of a batch belong in the file: those that a `save` holds for, or all; none after the event at which the
// script stopped.
import type { Plan } from "../../compiler/plan/plan.js";
import { type Batch, frameSize } from "../events/frame.js";
import type { Chosen } from "../store/output-file.js";
import type { HandlerText, Selection } from "./perform.js";

/** Whether a file has to wait for what the script makes of its events. */
export const choosesFrames = (plan: Pick<Plan, "clauses">, stopAfter: number | null): boolean =>
  stopAfter !== null ||
  plan.clauses.some(({ actions }) => actions.some(({ kind }) => kind === "save" || kind === "stop"));

export class FrameChooser {
  readonly #saves: boolean;
  /** By clause. */
  readonly #saving: readonly boolean[];
  readonly #stopping: readonly boolean[];
  readonly #scripted: readonly boolean[];

  constructor(plan: Pick<Plan, "clauses">) {
    const having = (kind: string): readonly boolean[] =>
      plan.clauses.map(({ actions }) => actions.some((action) => action.kind === kind));
    this.#saving = having("save");
    this.#stopping = having("stop");
    this.#scripted = having("javascript");
    this.#saves = this.#saving.includes(true);
  }

  /** `stopped`: it happened in this batch; `item`: at the event whose handler asked for it, -1: none did. */
  choose(batch: Batch, selection: Selection, stopped: boolean, item: number): Chosen | null {
    const last = stopped ? this.#lastFrame(selection, item) : batch.length;
    if (!this.#saves && !stopped) return null;
    const chosen = new Uint8Array(Math.ceil(batch.length / 320) + 1);
    let pair = 0;
    let number = 0;
    for (let at = 0; at < batch.length && at <= last; at += frameSize(batch.view, at), number++) {
      let wanted = !this.#saves;
      for (; pair < selection.count && (selection.pairs[pair * 2] ?? 0) === at; pair++)
        if (this.#saving[selection.pairs[pair * 2 + 1] ?? 0] === true) wanted = true;
      if (wanted) chosen[number >> 3] = (chosen[number >> 3] ?? 0) | (1 << (number & 7));
    }
    return chosen;
  }

  /** Where the event stands at which it stopped: the last that was asked for, when nothing in the script did it. */
  #lastFrame(selection: Selection, item: number): number {
    let items = -1;
    for (let pair = 0; pair < selection.count; pair++) {
      const clause = selection.pairs[pair * 2 + 1] ?? 0;
      if (this.#scripted[clause] === true) items++;
      if (this.#stopping[clause] === true || (item >= 0 && items === item))
        return selection.pairs[pair * 2] ?? 0;
    }
    return selection.pairs[(selection.count - 1) * 2] ?? 0;
  }
}

/** Notes the item whose handler stopped the script. */
export class StopNote implements HandlerText {
  item = -1;
  readonly #text: HandlerText;

  constructor(text: HandlerText) {
    this.#text = text;
  }

  write(...[out, item, action]: Parameters<HandlerText["write"]>): boolean {
    const stopped = this.#text.write(out, item, action);
    if (stopped) this.item = item;
    return stopped;
  }
}
