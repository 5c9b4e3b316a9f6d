// When, on which CPU and in which task: the frame's header and section task.
import {
  FRAME_NO_CPU,
  TASK_CONTEXT_HARDIRQ,
  TASK_CONTEXT_NMI,
  TASK_CONTEXT_SOFTIRQ,
  TASK_CONTEXT_TASK,
} from "../generated/layout.js";
import type { EventSection } from "./form.js";
import { chars, member, names, nonzero, optional, ours, placeOf, s32, u32, u64, within } from "./place.js";

const task = within("task");

export const common: EventSection = {
  key: "common",
  doc: "When and where it happened",
  origin: "retis",
  where: { kind: "frame" },
  members: [
    member("timestamp", u64(placeOf("frame", "time")), "nanoseconds of CLOCK_MONOTONIC"),
    optional(
      "smp_id",
      u32(placeOf("frame", "cpu")),
      { kind: "no-bit", at: placeOf("frame", "flags"), mask: FRAME_NO_CPU },
      "in events of no CPU, such as the first of a file",
      "CPU that it happened on",
    ),
    optional(
      "task",
      {
        kind: "object",
        section: "task",
        members: [
          // Retis' names are not the kernel's: its `pid` is the process, its `tgid` the thread.
          member("pid", s32(task("pid")), "process id (tgid in the kernel's words)"),
          member("tgid", s32(task("tid")), "thread id (pid in the kernel's words)"),
          member("comm", chars(task("comm")), "name of the thread"),
          ours(
            optional(
              "context",
              names(task("context"), {
                task: TASK_CONTEXT_TASK,
                softirq: TASK_CONTEXT_SOFTIRQ,
                hardirq: TASK_CONTEXT_HARDIRQ,
                nmi: TASK_CONTEXT_NMI,
              }),
              nonzero,
              "where the kernel does not tell",
              "whether the task itself was running, or an interrupt of it",
            ),
          ),
        ],
      },
      { kind: "section", section: "task" },
      "in events of no task",
      "the task that was running; in an interrupt the one that was interrupted",
    ),
  ],
};
