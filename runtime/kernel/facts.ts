// Answers the compiler's questions about the running kernel: types from BTF, tracepoints from BTF and tracefs.
import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import type {
  KernelFacts,
  KernelFeatures,
  Member,
  MemberPath,
  Parameter,
  Tracepoint,
} from "../../compiler/kernel-facts.js";
import type { Addon } from "../addon/addon.js";
import type { Btf, BtfKind, BtfParameter } from "../addon/btf.js";
import { SystemError } from "../failure.js";

const BTF_PATH = "/sys/kernel/btf/vmlinux";
const TRACEFS = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"] as const;

/** Fails when this kernel has no BTF. */
export function runningKernel(addon: Addon): KernelFacts {
  const path = process.env["RETIS_BTF"] ?? BTF_PATH;
  if (!existsSync(path)) {
    throw new SystemError(
      `this kernel (${release()}) has no BTF: ${path} is missing`,
      "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y; those of current distributions are",
    );
  }
  return new RunningKernel(new addon.Btf(path));
}

class RunningKernel implements KernelFacts {
  readonly release = release();
  readonly #btf: Btf;
  readonly #tracefs = TRACEFS.find((folder) => existsSync(`${folder}/events`)) ?? null;
  #tracepoints: readonly string[] | null = null;
  #features: KernelFeatures | null = null;

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  member(struct: string, path: readonly string[]): MemberPath | null {
    const found = this.#btf.member(struct, path);
    if (found === null) return null;
    const kind = memberKind(found.last.kind);
    if (kind === null) return null;
    return {
      pointers: found.steps,
      member: {
        offset: found.last.byteOffset,
        size: found.last.size,
        bitOffset: found.last.bitOffset,
        bitSize: found.last.bitSize,
        signed: found.last.signed,
        kind,
        typeName: found.last.typeName,
      },
    };
  }

  enumValues(name: string): ReadonlyMap<string, bigint> | null {
    const values = this.#btf.enumValues(name);
    return values === null ? null : new Map(values.map((entry) => [entry.name, BigInt(entry.value)]));
  }

  tracepoint(name: string): Tracepoint | null {
    const [subsystem, event] = name.split(":");
    if (subsystem === undefined || event === undefined) return null;
    // BTF knows events by their last word; which subsystem one belongs to only tracefs tells, where it is mounted.
    if (this.#tracefs !== null && !existsSync(`${this.#tracefs}/events/${subsystem}/${event}`)) return null;
    const parameters = this.#btf.tracepointParameters(event);
    return parameters === null ? null : { name, event, parameters: parameters.map(parameter) };
  }

  tracepoints(): readonly string[] {
    this.#tracepoints ??= this.#readTracepoints();
    return this.#tracepoints;
  }

  #readTracepoints(): readonly string[] {
    if (this.#tracefs === null) return [];
    const known = new Set(this.#btf.tracepoints());
    try {
      return readFileSync(`${this.#tracefs}/available_events`, "utf8")
        .split("\n")
        .filter((line) => known.has(line.slice(line.indexOf(":") + 1)))
        .sort();
    } catch {
      return [];
    }
  }

  functionState(name: string): "traceable" | "not-traceable" | "absent" {
    return this.#btf.has("function", name) ? "traceable" : "absent";
  }

  get features(): KernelFeatures {
    this.#features ??= featuresOf(this.#btf);
    return this.#features;
  }
}

function featuresOf(btf: Btf): KernelFeatures {
  return {
    // The function came with the ability (kernel commit 01f810ace9ed, 5.12; in stable kernels before).
    variableStackReads: btf.has("function", "check_stack_range_initialized"),
    readOnlyCasts: btf.has("function", "bpf_rdonly_cast"),
    // Per-CPU variables of x86 kernels; pcpu_hot from 6.2 to 6.14.
    get taskContext() {
      return btf.variableReadable("__preempt_count") || btf.variableReadable("pcpu_hot");
    },
  };
}

const parameter = (from: BtfParameter): Parameter => ({
  name: from.name ?? "",
  // `const struct sk_buff *` at net_dev_start_xmit is the same packet.
  typeName: from.typeName.replace(/\b(const|volatile) /g, ""),
  size: from.size,
  signed: from.signed,
});

function memberKind(kind: BtfKind): Member["kind"] | null {
  switch (kind) {
    case "int":
      return "integer";
    case "bool":
      return "boolean";
    case "enum":
    case "pointer":
    case "char-array":
    case "array":
      return kind;
    case "struct":
    case "union":
      return "struct";
    case "float":
    case "function":
    case "void":
      return null;
  }
}
