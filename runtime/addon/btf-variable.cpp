// Whether programs may read a variable of the kernel: BTF lists it, and so do the kernel's symbols,
// which without CONFIG_KALLSYMS_ALL have none of data. Only the verifier knows both; it is asked
// with the shortest program.
#include "btf.hpp"
#include <cstring>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>
extern "C" {
#include <bpf/btf.h>
}

// variableReadable(name): false also where no program may be loaded.
Napi::Value Btf::VariableReadable(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	auto id = static_cast<int>(Find(BtfIndex::VariableSpace, StringAt(info, 0)));
	if (id == 0)
		return Napi::Boolean::New(env, false);
	struct bpf_insn instructions[] = {
		{BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_BTF_ID, 0, id},
		{0, 0, 0, 0, 0},
		{BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
		{BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
	};
	union bpf_attr attributes;
	memset(&attributes, 0, sizeof(attributes));
	attributes.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	attributes.insns = reinterpret_cast<uint64_t>(instructions);
	attributes.insn_cnt = sizeof(instructions) / sizeof(instructions[0]);
	attributes.license = reinterpret_cast<uint64_t>("GPL");
	long program = syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
	if (program >= 0)
		close(static_cast<int>(program));
	return Napi::Boolean::New(env, program >= 0);
}
