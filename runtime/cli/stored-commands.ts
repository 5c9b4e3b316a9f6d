// The commands that work on stored events: their options and help. What each does stands in its own file.
import type { Command } from "commander";
import type { RawPrint } from "./print.js";
import { addPrintOptions } from "./print-options.js";
import type { RawStats } from "./stats.js";

const FILES = "event files of retis or Retis, pcap or pcapng; FILE.N.. is a rotated set, - standard input";

export function addStoredCommands(program: Command, finish: (code: number) => void): void {
  addPrintOptions(program.command("print"))
    .summary("print stored events")
    .description("Prints stored events: of retis.data, or of the files named.")
    .argument("[files...]", FILES)
    .option("--where <expression>", "only events for which the expression holds: 'tcp.port == 80 and drop'")
    .option("-f, --follow", "wait for more at the end of the file")
    .action(async (files: string[], options: RawPrint) => {
      const { print } = await import("./print.js");
      finish(await print(files, options));
    });

  program
    .command("stats")
    .summary("figures of stored events")
    .description("Says what stored events are of: how many, when, of which probes.")
    .argument("[files...]", FILES)
    .option("--more", "drop reasons, flows, devices, tasks, events over time, losses")
    .option("--top <count>", "so many of each (default: 10); implies --more")
    .action(async (files: string[], options: RawStats) => {
      const { stats } = await import("./stats.js");
      finish(await stats(files, options));
    });
}
