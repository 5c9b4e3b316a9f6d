// Global variables of a BPF object: which data section each lies in, and where.
#include "object.hpp"
extern "C" {
#include <bpf/btf.h>
#include <bpf/libbpf.h>
}
#include <cstring>

// variable(name): {section, offset, size}, or null.
Napi::Value BpfObject::Variable(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	const struct btf *btf = bpf_object__btf(Open(env, "variable"));
	if (btf == nullptr)
		return env.Null();
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *section = btf__type_by_id(btf, id);
		if (!btf_is_datasec(section))
			continue;
		const struct btf_var_secinfo *entry = btf_var_secinfos(section);
		for (int index = 0; index < btf_vlen(section); index++, entry++) {
			const struct btf_type *variable = btf__type_by_id(btf, entry->type);
			const char *found = btf__name_by_offset(btf, variable->name_off);
			if (!btf_is_var(variable) || found == nullptr || name != found)
				continue;
			auto result = Napi::Object::New(env);
			result.Set("section", btf__name_by_offset(btf, section->name_off));
			result.Set("offset", entry->offset);
			result.Set("size", entry->size);
			return result;
		}
	}
	return env.Null();
}
