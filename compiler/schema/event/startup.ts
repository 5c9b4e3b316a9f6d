// How the events were collected: the first event of a file, kept as JSON.
import type { EventSection } from "./form.js";
import { member, object, optional, textOnly } from "./place.js";

export const startup: EventSection = {
  key: "startup",
  doc: "How the events were collected; the first event of a file has it",
  origin: "retis",
  where: { kind: "extra" },
  members: [
    member("retis_version", textOnly("text"), "version that wrote the file"),
    member("cmdline", textOnly("text"), "command line"),
    member(
      "clock_monotonic_offset",
      textOnly(
        object(
          member("sec", textOnly("s64"), "seconds"),
          member("nsec", textOnly("s64"), "nanoseconds beside them"),
        ),
      ),
      "CLOCK_REALTIME minus CLOCK_MONOTONIC",
    ),
    member(
      "machine",
      textOnly(
        object(
          member("kernel_release", textOnly("text"), "as `uname -r` prints it"),
          member("kernel_version", textOnly("text"), "as `uname -v` prints it"),
          member("hardware_name", textOnly("text"), "as `uname -m` prints it"),
        ),
      ),
      "the machine",
    ),
    optional(
      "split_file",
      textOnly(
        object(
          member("id", textOnly("u32"), "number of the file, from 0"),
          member(
            "policy",
            textOnly(
              object(
                member("kind", textOnly("text"), "what limits a file: `size`"),
                member("limit", textOnly("u64"), "bytes"),
              ),
            ),
            "when a new file is begun",
          ),
        ),
      ),
      { kind: "optional" },
      "unless the file is one of a rotated set",
      "which file of a rotated set this is",
    ),
  ],
};
