// A Markdown file -> its fenced blocks with what their fence says about them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../kernel/programs.js";

export interface Block {
  /** `docs/language.md:120`, the line after the fence. */
  readonly place: string;
  /** First word of the fence: `rts`, `console`, `sh`, … */
  readonly language: string;
  /** The rest of it: `wrong`, `drops.rts`, `not run: a reason`. */
  readonly info: string;
  readonly text: string;
  /** The last heading above it. */
  readonly heading: string;
}

/** The documents whose examples are run. */
export const documents = ["README.md", "docs/language.md", "docs/architecture.md", "docs/errors.md"] as const;

export const readDocument = (name: string): string => readFileSync(join(root, name), "utf8");

export function blocksOf(name: string): readonly Block[] {
  const blocks: Block[] = [];
  let heading = "";
  let open: { fence: string; language: string; info: string; line: number; lines: string[] } | null = null;
  for (const [index, line] of readDocument(name).split("\n").entries()) {
    const fence = /^\s*(```+)\s*(\S*)\s*(.*)$/.exec(line);
    if (open !== null) {
      if (fence !== null && fence[1] === open.fence && fence[2] === "") {
        const { language, info, line: begin, lines } = open;
        blocks.push({ place: `${name}:${begin}`, language, info, text: lines.join("\n"), heading });
        open = null;
      } else open.lines.push(line);
    } else if (fence !== null) {
      const [, mark = "", language = "", info = ""] = fence;
      open = { fence: mark, language, info: info.trim(), line: index + 2, lines: [] };
    } else heading = /^#+\s+(.*)$/.exec(line)?.[1] ?? heading;
  }
  if (open !== null) throw new Error(`${name}:${open.line - 1}: this fence is never closed`);
  return blocks;
}
