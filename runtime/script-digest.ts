// By what a script is known again in the files of its runs.
import { createHash } from "node:crypto";
import type { Compiled } from "../compiler/index.js";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** SHA-256 of its text; a script that uses others is what they say, too. */
export function scriptDigest({ script, used }: Pick<Compiled, "script" | "used">): string {
  const own = sha256(script.source.text);
  if (used.size === 0) return own;
  const others = [...used].map(([path, { source }]) => [path, sha256(source.text)]);
  return sha256(JSON.stringify([own, ...others]));
}
