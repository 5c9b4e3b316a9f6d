// What a refused BPF operation leaves behind, as facts: the addon fills it, others explain it.
import { getSystemErrorName } from "node:util";

/** libbpf's own errors, from 4000 up (libbpf.h, enum libbpf_errno). */
const libbpfCodes = [
  "LIBBPF_LIBELF",
  "LIBBPF_FORMAT",
  "LIBBPF_KVERSION",
  "LIBBPF_ENDIAN",
  "LIBBPF_INTERNAL",
  "LIBBPF_RELOC",
  "LIBBPF_LOAD",
  "LIBBPF_VERIFY",
  "LIBBPF_PROG2BIG",
  "LIBBPF_KVER",
  "LIBBPF_PROGTYPE",
  "LIBBPF_WRNGPID",
  "LIBBPF_INVSEQ",
  "LIBBPF_NLPARSE",
] as const;

/** The kernel's own code for "not supported", which libuv does not know. */
const kernelCodes: ReadonlyMap<number, string> = new Map([[524, "ENOTSUPP"]]);

/** The verifier's verdict stands at the end of its log. */
const lastLines = 40;

export type BpfOperation =
  | "link"
  | "open"
  | "programs"
  | "setAutoload"
  | "setAttachTarget"
  | "maps"
  | "setMapSize"
  | "setMapAutocreate"
  | "setData"
  | "variable"
  | "load"
  | "attach"
  | "detach"
  | "mapFd"
  | "mmapMap"
  | "lookup"
  | "update"
  | "programFd"
  | "programInfo"
  | "xlated"
  | "testRun"
  | "testRunBatch"
  | "drain"
  | "release"
  | "btf"
  | "dropPrivileges"
  | "capabilities"
  | "enableStats";

export class BpfError extends Error {
  override readonly name = "BpfError";
  /** "EPERM", "EINVAL", "LIBBPF_FORMAT", … */
  readonly code: string;

  constructor(
    readonly operation: BpfOperation,
    readonly errno: number,
    /** The program, map, tracepoint or function that it was about. */
    readonly subject: string | null,
    /** Of the program that the verifier refused, whole. */
    readonly fullVerifierLog: string | null,
    /** What libbpf said meanwhile. */
    readonly libbpfLog: string,
  ) {
    const code = errorCode(errno);
    super(`${operation}${subject === null ? "" : ` ${subject}`}: ${code}`);
    this.code = code;
  }

  /** The last lines of the verifier's log, where its verdict stands. */
  get verifierLog(): string | null {
    if (this.fullVerifierLog === null) return null;
    return this.fullVerifierLog.trimEnd().split("\n").slice(-lastLines).join("\n");
  }
}

function errorCode(errno: number): string {
  const known = kernelCodes.get(errno) ?? libbpfCodes[errno - 4000];
  if (known !== undefined) return known;
  // Throws only for numbers that are not negative.
  return errno > 0 ? getSystemErrorName(-errno) : "UNKNOWN";
}
