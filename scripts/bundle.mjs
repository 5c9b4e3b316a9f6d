// Bundles the command line program, the sandbox worker and what they load into dist/. Nothing is written when the
// inputs are older than the outputs.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
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

/** CommonJS, so that V8 can keep its compiled form beside it (runtime/launcher). */
const bundle = (entry, outfile) =>
  build({
    entryPoints: [join(root, entry)],
    outfile: join(dist, outfile),
    bundle: true,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
    define: { "import.meta.url": "undefined" },
    alias: {
      "@jitl/quickjs-wasmfile-release-sync/emscripten-module": join(wasm, "emscripten-module.cjs"),
    },
  });

await bundle("runtime/sandbox/worker.ts", "sandbox-worker.cjs");
await bundle("runtime/main.ts", "main.cjs");
cpSync(join(wasm, "emscripten-module.wasm"), join(dist, "quickjs.wasm"));
cpSync(join(root, "stdlib"), join(dist, "stdlib"), { recursive: true });
cpSync(join(root, "runtime/launcher.cjs"), join(dist, "retis"));
chmodSync(join(dist, "retis"), 0o755);
writeFileSync(join(dist, "package.json"), '{ "type": "commonjs" }\n');

// What a run compiles is what the next run need not: the program itself writes it down (runtime/launcher.cjs).
spawnSync(process.execPath, [join(dist, "retis"), "check", "-e", "on drop where tcp.dport == 80 print"], {
  env: { ...process.env, RETIS_WRITE_CACHE: "1" },
  stdio: "ignore",
});
