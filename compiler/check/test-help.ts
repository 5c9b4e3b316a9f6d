// What to write instead of a field that alone is no test.
import type { Field } from "../schema/field.js";

/** How a field that is not true or false is asked. */
export function testHelp(field: Field): string {
  const { name, type } = field;
  switch (type.kind) {
    case "flags":
      return `write for example \`${name} has syn\``;
    case "number-set":
      return `write for example \`${name} has data\``;
    case "string":
      return `compare it: \`${name} == "…"\``;
    case "stack":
    case "flow":
      return `ask \`${name} matches /…/\``;
    default:
      return `compare it: \`${name} == …\`; \`${name.split(".")[0] ?? name}\` alone tests that there is one`;
  }
}
