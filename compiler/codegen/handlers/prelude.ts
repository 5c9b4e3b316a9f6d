// The sandbox's own JavaScript, in front of the script's. The script can change every built-in object, so whatever this
// needs later is taken first; its own arrays and maps do not look at prototypes.
import { FAULTS } from "./prelude-faults.js";
import { RECORDS } from "./prelude-records.js";
import { LOCKDOWN, STATE } from "./prelude-state.js";
import { VALUES } from "./prelude-values.js";

export interface PreludeNumbers {
  /** Offset of the time in a frame's header. */
  readonly time: number;
  /** Fields of each item that the host supplies. */
  readonly hostFields: number;
}

export function preludeText(numbers: PreludeNumbers): string {
  return [LOCKDOWN, STATE, VALUES, RECORDS, FAULTS]
    .join("")
    .replaceAll("__TIME__", String(numbers.time))
    .replaceAll("__HOST_FIELDS__", String(numbers.hostFields));
}
