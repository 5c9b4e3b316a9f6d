// The commands that work on stored events: their options and help. What each does stands in its own file.
import type { Command } from "commander";
import type { RawConvert } from "./convert.js";
import type { RawPcap } from "./pcap.js";
import type { RawPrint } from "./print.js";
import { addPrintOptions } from "./print-options.js";
import type { RawSort } from "./sort.js";
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

  addPrintOptions(program.command("sort"))
    .summary("put the events of each packet together")
    .description(
      "Puts the events of each packet together, by tracking id and across upcalls of Open vSwitch, and prints them.",
    )
    .argument("[file]", FILES)
    .option("-o, --out <file>", "write the series to a file instead; - is standard output")
    .option("--out-format <format>", "of that file: retis-json (the default) or retis")
    .option("--print", "print them too, with -o")
    .option("--max-buffer <events>", "sort only so many events at a time, as Retis does; 0: all of them")
    .action(async (file: string | undefined, options: RawSort) => {
      const { sort } = await import("./sort.js");
      finish(await sort(file ?? null, options));
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

  program
    .command("pcap")
    .summary("write the packets of stored events as pcapng")
    .description(
      "Writes the packets of stored events as pcapng, each with its event beside it, to a file or a pipe: | wireshark -k -i -",
    )
    .argument("[file]", FILES)
    .option("-o, --out <file>", "write to a file; - is standard output (the default)")
    .option("-p, --probe <probe>", "only events of this probe: skb:kfree_skb, kprobe:ip_rcv, tp:net:*")
    .option("--schema", "add the schema of events, for Retis' Wireshark plugin")
    .action(async (file: string | undefined, options: RawPcap) => {
      const { pcap } = await import("./pcap.js");
      finish(await pcap(file ?? null, options));
    });

  program
    .command("convert")
    .summary("write stored events in another format")
    .argument("<file>", FILES)
    .option("-o, --out <file>", "write to this file; - is standard output")
    .option("--format <format>", "retis, retis-json or pcapng (default: as the file's name ends, else retis)")
    .action(async (file: string, options: RawConvert) => {
      const { convert } = await import("./convert.js");
      finish(await convert(file, options));
    });

  program
    .command("schema")
    .summary("print the JSON Schema of events")
    .action(async () => {
      const { schema } = await import("./schema.js");
      finish(schema());
    });

  program
    .command("complete")
    .summary("print a completion script for the shell")
    .description("Prints a completion script: source <(retis complete bash)")
    .argument("<shell>", "bash, zsh or fish")
    .argument("[words...]")
    .usage("<shell>")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (shell: string, words: string[]) => {
      const { complete } = await import("./complete.js");
      finish(complete(program, shell, words));
    });
}
