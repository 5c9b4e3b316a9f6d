// The import direction that docs/architecture.md draws: every import between the compiler's folders is in the picture,
// type imports counted, and every arrow of the picture is one that some file uses. No file needs itself in a circle.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { it } from "node:test";
import { root } from "../kernel/programs.js";
import { blocksOf } from "./blocks.js";

/** `plan -> schema`, as drawn: `schema <- packet, plan`. */
function drawn(): ReadonlySet<string> {
  const picture = blocksOf("docs/architecture.md").find(({ text }) => /^source +<- /.test(text));
  assert.ok(picture !== undefined, "the picture is there");
  return new Set(
    picture.text.split("\n").flatMap((line) => {
      const [to = "", from = ""] = line.split("<-");
      return from.split(",").map((one) => `${one.trim()} -> ${to.trim()}`);
    }),
  );
}

function used(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const files = readdirSync(join(root, "compiler"), { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    const folder = file.split("/")[0] ?? "";
    // Files at the top are the pipeline and what it is asked for.
    if (!file.includes("/")) continue;
    const text = readFileSync(join(root, "compiler", file), "utf8");
    for (const [, path = ""] of text.matchAll(/from "(\.[^"]+)"/g)) {
      const target = posix.normalize(posix.join(posix.dirname(file), path));
      const other = target.split("/")[0] ?? "";
      if (target.includes("/") && !target.startsWith("..") && other !== folder)
        found.set(`${folder} -> ${other}`, file);
    }
  }
  return found;
}

it("imports between the compiler's folders go as docs/architecture.md draws them", () => {
  const arrows = drawn();
  const imports = used();
  assert.ok(imports.size > 5);
  assert.deepEqual(
    [...imports].filter(([arrow]) => !arrows.has(arrow)).map(([arrow, file]) => `${arrow}: ${file}`),
    [],
    "imports that are not drawn",
  );
  assert.deepEqual(
    [...arrows].filter((arrow) => !imports.has(arrow)),
    [],
    "arrows that nothing uses",
  );
});

/** Each file with those of the tree that it imports, types included. */
function importsByFile(): ReadonlyMap<string, readonly string[]> {
  const imports = new Map<string, readonly string[]>();
  for (const folder of ["compiler", "runtime"]) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue;
      const file = posix.join(folder, name);
      const paths = [
        ...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)\.js"/g),
      ];
      const directory = posix.dirname(file);
      imports.set(
        file,
        paths.map(([, path = ""]) => `${posix.normalize(posix.join(directory, path))}.ts`),
      );
    }
  }
  return imports;
}

it("no file of the compiler or the runtime imports itself by way of others", () => {
  const imports = importsByFile();
  assert.ok(imports.size > 100);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, open: readonly string[]): void => {
    if (open.includes(file)) circles.push([...open.slice(open.indexOf(file)), file].join(" -> "));
    if (done.has(file) || open.includes(file)) return;
    for (const other of imports.get(file) ?? []) visit(other, [...open, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  assert.deepEqual(circles, []);
});
