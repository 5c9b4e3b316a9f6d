// BpfObject's maps: looked up and updated by value, or mapped into this process.
#include "map-memory.hpp"
#include "object.hpp"
#include <cerrno>
#include <sys/mman.h>
extern "C" {
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
}

Napi::Value BpfObject::MapFd(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	return Napi::Number::New(env, bpf_map__fd(Map(env, "mapFd", StringAt(info, 0))));
}

// Unmapped when the ArrayBuffer is collected. It outlives the object; the map then lives on.
Napi::Value BpfObject::MmapMap(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	MapMemory memory;
	if (int error = memory.Open(Map(env, "mmapMap", name)))
		ThrowBpfError(env, "mmapMap", error, name);
	size_t length = memory.Size();
	if (info[1].IsNumber())
		length = info[1].As<Napi::Number>().Uint32Value();
	if (length > memory.Size())
		ThrowBpfError(env, "mmapMap", E2BIG, name);
	size_t mapped = memory.Mapped();
	Napi::ArrayBuffer buffer =
		Napi::ArrayBuffer::New(env, memory.Data(), length,
				       [mapped](Napi::Env, void *data) { munmap(data, mapped); });
	memory.Release();
	return buffer;
}

// Per-CPU maps give one value per possible CPU, each rounded up to 8 bytes.
static size_t ValueBytes(const struct bpf_map *map)
{
	size_t size = bpf_map__value_size(map);
	switch (bpf_map__type(map)) {
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		return RoundUp(size, 8) * static_cast<size_t>(libbpf_num_possible_cpus());
	default:
		return size;
	}
}

Napi::Value BpfObject::Lookup(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	auto key = info[1].As<Napi::Uint8Array>();
	struct bpf_map *map = Map(env, "lookup", name);
	if (key.ByteLength() != bpf_map__key_size(map))
		ThrowBpfError(env, "lookup", EINVAL, name);
	auto value = Napi::Buffer<uint8_t>::New(env, ValueBytes(map));
	int error = bpf_map_lookup_elem(bpf_map__fd(map), key.Data(), value.Data());
	if (error == -ENOENT)
		return env.Null();
	if (error)
		ThrowBpfError(env, "lookup", error, name);
	return value;
}

Napi::Value BpfObject::Update(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	auto key = info[1].As<Napi::Uint8Array>();
	auto value = info[2].As<Napi::Uint8Array>();
	struct bpf_map *map = Map(env, "update", name);
	if (key.ByteLength() != bpf_map__key_size(map) || value.ByteLength() != ValueBytes(map))
		ThrowBpfError(env, "update", EINVAL, name);
	int error = bpf_map_update_elem(bpf_map__fd(map), key.Data(), value.Data(), BPF_ANY);
	if (error)
		ThrowBpfError(env, "update", error, name);
	return env.Undefined();
}
