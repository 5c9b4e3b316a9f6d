// Bundles the command line program, the sandbox worker and what they load into dist/. Nothing is written when the
// inputs are older than the outputs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");

const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
    : statSync(path).mtimeMs;

const inputs = ["compiler", "runtime", "stdlib", "scripts/bundle.mjs", "package.json", "package-lock.json"];
const stamp = join(dist, "main.cjs");
const age = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (age(stamp) >= Math.max(...inputs.map((input) => newest(join(root, input))))) process.exit(0);

const { build } = await import("esbuild");
const wasm = join(root, "node_modules/@jitl/quickjs-wasmfile-release-sync/dist");
mkdirSync(dist, { recursive: true });

/** Written beside it and renamed: whoever starts meanwhile, or runs already, has the old file or the new one, whole. */
function put(name, contents, mode = 0o644) {
  const path = join(dist, name);
  const beside = `${path}.${process.pid}.new`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(beside, contents, { mode });
  renameSync(beside, path);
}

/** What few runs need, or none before it is ready: loaded when something of it is used, not when it is imported. */
const LAZY = [
  "node:child_process",
  "node:crypto",
  "node:timers/promises",
  "node:tty",
  "node:worker_threads",
  "acorn",
  "magic-string",
  "@jridgewell/trace-mapping",
  "string-width",
];
/** Asks for Node's stream of standard output, which takes 6 ms to make; whether to colour is never left to it. */
const PICOCOLORS = ["(p.stdout || {}).isTTY", "false"];

/** Makes the parser a prototype, which V8 then sorts anew for each of the methods that the grammar's recording removes. */
const TO_FAST_PROPERTIES = "export const toFastProperties = (object) => object;";

const startUp = {
  name: "start-up",
  setup(build) {
    for (const name of LAZY)
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ namespace }) =>
        namespace === "lazy" ? undefined : { path: name, namespace: "lazy" },
      );
    build.onLoad({ filter: /^/, namespace: "lazy" }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== "default");
      // Node's rules for imports from an ES module: the default export is the whole of a CommonJS one.
      const contents = `
        const load = () => require("${path}");
        const whole = function () {};
        for (const name of ${JSON.stringify(names)})
          Object.defineProperty(whole, name, { enumerable: true, get: () => load()[name] });
        module.exports = new Proxy(whole, {
          apply: (_, self, args) => load().default.apply(self, args),
          construct: (_, args) => new (load().default)(...args),
        });`;
      return { contents, resolveDir: root };
    });
    build.onLoad({ filter: /to-fast-properties\.js$/ }, () => ({ contents: TO_FAST_PROPERTIES }));
    build.onLoad({ filter: /picocolors\.js$/ }, ({ path }) => {
      const [from, to] = PICOCOLORS;
      const contents = readFileSync(path, "utf8");
      if (!contents.includes(from)) throw new Error(`${path} has changed: see PICOCOLORS`);
      return { contents: contents.replace(from, to) };
    });
  },
};

/** CommonJS, so that V8 can keep its compiled form beside it (runtime/launcher). Names stay, for reports of bugs. */
async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    write: false,
    bundle: true,
    minifyWhitespace: true,
    minifySyntax: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
    define: { "import.meta.url": "undefined" },
    alias: {
      "@jitl/quickjs-wasmfile-release-sync/emscripten-module": join(wasm, "emscripten-module.cjs"),
    },
    plugins: entry === "runtime/main.ts" ? [startUp] : [],
  });
  // ASCII needs no decoding. What esbuild leaves is in regular expressions.
  return outputFiles[0].text.replace(
    /[^\0-\x7f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const worker = await bundle("runtime/sandbox/worker.ts");
const main = await bundle("runtime/main.ts");
put("sandbox-worker.cjs", worker);
put("quickjs.wasm", readFileSync(join(wasm, "emscripten-module.wasm")));
for (const name of readdirSync(join(root, "stdlib"), { recursive: true })) {
  const path = join("stdlib", name);
  if (statSync(join(root, path)).isFile()) put(path, readFileSync(join(root, path)));
}
put("package.json", '{ "type": "commonjs" }\n');
put("retis", readFileSync(join(root, "runtime/launcher.cjs")), 0o755);

// The compiled form is kept under the digest of what it was compiled from.
const digest = createHash("sha256").update(main).digest("hex").slice(0, 16);
// Last: it says that all of it is new.
put("main.cjs", `${main}\n// ${digest}\n`);
for (const name of readdirSync(dist)) if (name.endsWith(".cache")) rmSync(join(dist, name));

// What a run compiles is what the next run need not: the program itself writes it down (runtime/launcher.cjs). Who may
// not trace gets what a check compiles.
const script = ["-e", "on drop where tcp.dport == 80 print\non drop { if (tcp.flags.syn) print(comm, ip.saddr, tcp.dport) }"];
const runs = [["--quiet", "--duration", "1ms"], ["check"]];
runs.some(
  (run) =>
    spawnSync(process.execPath, [join(dist, "retis"), ...run, ...script], {
      env: { ...process.env, RETIS_HOME: dist, RETIS_WRITE_CACHE: "1" },
      stdio: "ignore",
    }).status === 0,
);
