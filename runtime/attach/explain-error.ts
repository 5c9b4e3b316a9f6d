// A refused BPF operation -> what it means for the user: the clause, the privilege or the kernel feature, and a way out.
import type { Plan } from "../../compiler/plan/plan.js";
import type { BpfError } from "../addon/addon.js";
import { SystemError } from "../failure.js";

/** Lines of the verifier's log that are shown; its verdict stands last. */
const SHOWN_LINES = 12;

export function explainBpfError(error: BpfError, plan: Plan): SystemError {
  if (error.code === "EPERM" || (error.code === "EACCES" && error.verifierLog === null))
    return missingPrivilege();
  const probe = plan.probes.find((candidate) => error.subject === `tp_btf_${candidate.slot}`);
  if (error.operation === "load" && error.verifierLog !== null) {
    const where = scriptLine(error.verifierLog);
    return new SystemError(
      `the kernel's verifier refused the program for ${probe?.name ?? error.subject ?? "the script"}${where === null ? "" : ` (${where})`}`,
      "please report this with the script and the kernel's release; `retis explain --bpf` shows the instructions",
      error.verifierLog.split("\n").slice(-SHOWN_LINES).join("\n"),
    );
  }
  if (error.operation === "attach" || error.operation === "setAttachTarget") {
    return new SystemError(
      `cannot attach to ${probe?.name ?? error.subject ?? "a probe"}: ${error.code}`,
      error.code === "ENOMEM" ? "the limit on locked memory may be too low: ulimit -l unlimited" : null,
      lastLines(error.libbpfLog),
    );
  }
  return new SystemError(
    `the kernel refused to ${error.operation} ${error.subject ?? "the script"}: ${error.code}`,
    null,
    lastLines(error.libbpfLog),
  );
}

/** What tracing needs and this process does not have. */
export function missingPrivilege(): SystemError {
  return new SystemError(
    "no permission to load BPF programs: CAP_BPF and CAP_PERFMON are missing",
    "run as root, or give both (before 5.8: CAP_SYS_ADMIN); `retis check` and `retis explain` work without",
  );
}

/** The verifier quotes our line information: `; where tcp.dport == 80 @ dropmon.rts:3`. The last one is the place. */
function scriptLine(log: string): string | null {
  const lines = log.split("\n").filter((line) => line.startsWith(";"));
  return lines.at(-1)?.replace(/^;\s*/, "") ?? null;
}

const lastLines = (log: string): string | null =>
  log === "" ? null : log.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
