// By what a script is known again in the files of its runs.
import { createHash } from "node:crypto";
import type { Source } from "../compiler/source/diagnostic.js";

/** SHA-256 of its text. */
export const scriptDigest = (source: Source): string =>
  createHash("sha256").update(source.text).digest("hex");
