// docs/events.md is what the definitions of sections say. UPDATE_GOLDEN=1 writes it anew.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { eventReference } from "../../compiler/schema/event/reference.js";
import { readDocument } from "./blocks.js";

const path = "docs/events.md";

it(`${path} says what the definitions say`, () => {
  if (process.env["UPDATE_GOLDEN"] === "1")
    writeFileSync(join(fileURLToPath(new URL("../../../", import.meta.url)), path), eventReference());
  assert.equal(readDocument(path), eventReference());
});
