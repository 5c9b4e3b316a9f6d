// `retis schema`: what a line of an event file in JSON may hold, as JSON Schema 2020-12.
import { eventSchema } from "../../compiler/schema/event/json-schema.js";
import { EXIT } from "../failure.js";
import { printOut } from "./standard-output.js";

export function schema(): number {
  printOut(`${JSON.stringify(eventSchema(), null, 2)}\n`);
  return EXIT.fine;
}
