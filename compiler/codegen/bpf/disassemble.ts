// Instructions in the notation of the kernel's verifier log and of bpftool: `r0 = *(u16 *)(r2 +50)`.
import { HELPER } from "./emitter.js";
import type { Instruction, Operand } from "./instruction.js";
import { slotsOf } from "./instruction.js";

const HELPER_NAMES: ReadonlyMap<number, string> = new Map([
  [HELPER.ktimeGetNs, "bpf_ktime_get_ns"],
  [HELPER.getSmpProcessorId, "bpf_get_smp_processor_id"],
  [HELPER.getCurrentPidTgid, "bpf_get_current_pid_tgid"],
  [HELPER.getCurrentComm, "bpf_get_current_comm"],
  [HELPER.probeReadKernel, "bpf_probe_read_kernel"],
  [HELPER.probeReadKernelStr, "bpf_probe_read_kernel_str"],
]);

/** One line an instruction; numbers count slots of eight bytes, as the kernel's do. */
export function disassemble(instructions: readonly Instruction[]): readonly string[] {
  let slot = 0;
  return instructions.map((instruction) => {
    const line = `${String(slot).padStart(4)}: ${textOf(instruction)}`;
    slot += slotsOf(instruction);
    return line;
  });
}

function textOf(instruction: Instruction): string {
  switch (instruction.kind) {
    case "alu": {
      const op = instruction.op === "=" ? "=" : `${instruction.op}=`;
      const bank = instruction.narrow ? "w" : "r";
      return `${bank}${instruction.register} ${op} ${operandText(instruction.operand, bank)}`;
    }
    case "negate":
      return `r${instruction.register} = -r${instruction.register}`;
    case "swap":
      return `r${instruction.register} = be${instruction.bits} r${instruction.register}`;
    case "constant64":
      return `r${instruction.register} = 0x${BigInt.asUintN(64, instruction.value).toString(16)}`;
    case "load":
      return `r${instruction.register} = *(u${instruction.size * 8} *)(r${instruction.base} ${signed(instruction.offset)})`;
    case "store": {
      const place = `*(u${instruction.size * 8} *)(r${instruction.base} ${signed(instruction.offset)})`;
      return `${place} = ${operandText(instruction.operand, "r")}`;
    }
    case "jump":
      return `goto pc${signed(instruction.to)}`;
    case "branch": {
      const { register, condition, operand, to } = instruction;
      return `if r${register} ${condition} ${operandText(operand, "r")} goto pc${signed(to)}`;
    }
    case "helper":
      return `call ${HELPER_NAMES.get(instruction.id) ?? "helper"}#${instruction.id}`;
    case "call":
      return `call ${instruction.name}`;
    case "exit":
      return "exit";
  }
}

const operandText = (operand: Operand, bank: string): string =>
  "register" in operand ? `${bank}${operand.register}` : String(operand.immediate);

const signed = (offset: number): string => (offset < 0 ? String(offset) : `+${offset}`);
