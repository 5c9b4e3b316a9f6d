// The moment of the hit: when, on which CPU, in which task.
import {
  enumeration,
  fixed,
  frameOnly,
  integer,
  load,
  numberField,
  otherField,
  signedInteger,
  text,
} from "./constructors.js";
import { FRAME_NO_CPU } from "./generated/layout.js";
import type { SectionSchema } from "./section.js";

/** enum task_context of bpf/sections/task.h, without its unknown. */
const contexts = fixed("task context", { task: 1, softirq: 2, hardirq: 3, nmi: 4 });

const INTERRUPTED = "in an interrupt it is the task that was interrupted, see task.context";

export const task: SectionSchema = {
  title: "Time, CPU and task",
  words: [
    {
      kind: "section",
      name: "common",
      presence: { kind: "always" },
      protocol: false,
      sections: ["task"],
      doc: "time, CPU and task, as every event shows them",
    },
  ],
  fields: [
    numberField(
      {
        name: "time",
        type: { kind: "time" },
        doc: "when: nanoseconds of CLOCK_MONOTONIC",
        absent: null,
        sections: [],
      },
      load({ kind: "context", what: "time", frame: { section: "frame", member: "time" } }, false),
    ),
    numberField(
      {
        name: "cpu",
        type: integer(32),
        doc: "CPU that it happened on",
        absent: "in captures and other stored events that do not tell",
        sections: [],
      },
      load({
        kind: "context",
        what: "cpu",
        frame: { section: "frame", member: "cpu", absentBit: FRAME_NO_CPU },
      }),
    ),
    numberField(
      {
        name: "pid",
        type: signedInteger(32),
        doc: `process; ${INTERRUPTED}`,
        absent: null,
        sections: ["task"],
      },
      load({ kind: "context", what: "pid", frame: { section: "task", member: "pid" } }),
    ),
    numberField(
      {
        name: "tid",
        type: signedInteger(32),
        doc: `thread; ${INTERRUPTED}`,
        absent: null,
        sections: ["task"],
      },
      load({ kind: "context", what: "tid", frame: { section: "task", member: "tid" } }),
    ),
    otherField(
      {
        name: "comm",
        type: text,
        doc: `name of the thread; ${INTERRUPTED}`,
        absent: null,
        sections: ["task"],
      },
      {
        kind: "string",
        value: { kind: "string", from: "comm", size: 16, frame: { section: "task", member: "comm" } },
      },
    ),
    numberField(
      {
        name: "task.context",
        type: enumeration(contexts),
        doc: "whether the task itself was running, or an interrupt of it",
        absent: "where the kernel does not tell",
        sections: ["task"],
      },
      frameOnly(
        { section: "task", member: "context", presentIf: "context" },
        "how the kernel keeps the context differs by machine, which the collector sorts out",
      ),
    ),
  ],
  eithers: [],
};
