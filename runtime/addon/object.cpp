// BpfObject from the ELF bytes to attached programs.
#include "object.hpp"
#include "attach.hpp"
#include "ring-prefetch.hpp"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>
extern "C" {
#include <bpf/libbpf.h>
}

void BpfObject::Init(Napi::Env env, Napi::Object exports)
{
	exports.Set(
		"BpfObject",
		DefineClass(
			env, "BpfObject",
			{
				InstanceMethod<&BpfObject::Programs>("programs"),
				InstanceMethod<&BpfObject::SetAutoload>("setAutoload"),
				InstanceMethod<&BpfObject::SetAttachTarget>("setAttachTarget"),
				InstanceMethod<&BpfObject::InsertCode>("insertCode"),
				InstanceMethod<&BpfObject::Maps>("maps"),
				InstanceMethod<&BpfObject::SetMapSize>("setMapSize"),
				InstanceMethod<&BpfObject::SetMapAutocreate>("setMapAutocreate"),
				InstanceMethod<&BpfObject::SetData>("setData"),
				InstanceMethod<&BpfObject::Variable>("variable"),
				InstanceMethod<&BpfObject::Load>("load"),
				InstanceMethod<&BpfObject::Log>("log"),
				InstanceMethod<&BpfObject::Attach>("attach"),
				InstanceMethod<&BpfObject::Close>("close"),
				InstanceMethod<&BpfObject::MapFd>("mapFd"),
				InstanceMethod<&BpfObject::MmapMap>("mmapMap"),
				InstanceMethod<&BpfObject::Lookup>("lookup"),
				InstanceMethod<&BpfObject::Update>("update"),
				InstanceMethod<&BpfObject::ProgramInfo>("programInfo"),
				InstanceMethod<&BpfObject::ProgramFd>("programFd"),
				InstanceMethod<&BpfObject::Xlated>("xlated"),
				InstanceMethod<&BpfObject::TestRun>("testRun"),
				InstanceMethod<&BpfObject::TestRunBatch>("testRunBatch"),
			}));
}

// new BpfObject(elf): nothing is loaded yet, and no program will be unless it is asked for.
BpfObject::BpfObject(const Napi::CallbackInfo &info) : ObjectWrap(info)
{
	Napi::Env env = info.Env();
	auto elf = info[0].As<Napi::Uint8Array>();
	LibbpfLog log;
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "retis");
	object_ = bpf_object__open_mem(elf.Data(), elf.ByteLength(), &options);
	if (object_ == nullptr)
		ThrowBpfError(env, "open", errno, "", &log);
	struct bpf_program *program;
	bpf_object__for_each_program(program, object_) bpf_program__set_autoload(program, false);
}

BpfObject::~BpfObject()
{
	Free();
}

void BpfObject::Free()
{
	for (const std::weak_ptr<Attachment> &weak : attachments_) {
		if (std::shared_ptr<Attachment> attachment = weak.lock())
			attachment->Detach();
	}
	attachments_.clear();
	if (object_ != nullptr)
		bpf_object__close(object_);
	object_ = nullptr;
}

struct bpf_object *BpfObject::Open(Napi::Env env, const char *operation) const
{
	if (object_ == nullptr)
		ThrowBpfError(env, operation, EBADF, "");
	return object_;
}

struct bpf_map *BpfObject::Map(Napi::Env env, const char *operation, const std::string &name) const
{
	// A name with a leading dot is found by its ELF section.
	struct bpf_map *map = bpf_object__find_map_by_name(Open(env, operation), name.c_str());
	if (map == nullptr)
		ThrowBpfError(env, operation, ENOENT, name);
	return map;
}

struct bpf_program *BpfObject::Program(Napi::Env env, const char *operation,
				       const std::string &name) const
{
	struct bpf_program *program =
		bpf_object__find_program_by_name(Open(env, operation), name.c_str());
	if (program == nullptr)
		ThrowBpfError(env, operation, ENOENT, name);
	return program;
}

Napi::Value BpfObject::Programs(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	struct bpf_object *object = Open(env, "programs");
	Napi::Array programs = Napi::Array::New(env);
	struct bpf_program *program;
	bpf_object__for_each_program(program, object)
	{
		Napi::Object entry = Napi::Object::New(env);
		const char *type = libbpf_bpf_prog_type_str(bpf_program__type(program));
		entry.Set("name", bpf_program__name(program));
		entry.Set("section", bpf_program__section_name(program));
		entry.Set("type", type == nullptr ? "unknown" : type);
		entry.Set("autoload", bpf_program__autoload(program));
		programs.Set(programs.Length(), entry);
	}
	return programs;
}

Napi::Value BpfObject::SetAutoload(const Napi::CallbackInfo &info)
{
	std::string name = StringAt(info, 0);
	bool autoload = info[1].As<Napi::Boolean>();
	int error = bpf_program__set_autoload(Program(info.Env(), "setAutoload", name), autoload);
	if (error)
		ThrowBpfError(info.Env(), "setAutoload", error, name);
	return info.Env().Undefined();
}

// For tp_btf the target is the tracepoint's name, for fentry and fexit the function's.
Napi::Value BpfObject::SetAttachTarget(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string target = StringAt(info, 1);
	struct bpf_program *program = Program(env, "setAttachTarget", StringAt(info, 0));
	LibbpfLog log;
	int error = bpf_program__set_attach_target(program, 0, target.c_str());
	if (error)
		ThrowBpfError(env, "setAttachTarget", error, target, &log);
	return env.Undefined();
}

Napi::Value BpfObject::Maps(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	struct bpf_object *object = Open(env, "maps");
	Napi::Array maps = Napi::Array::New(env);
	struct bpf_map *map;
	bpf_object__for_each_map(map, object)
	{
		Napi::Object entry = Napi::Object::New(env);
		const char *type = libbpf_bpf_map_type_str(bpf_map__type(map));
		entry.Set("name", bpf_map__name(map));
		entry.Set("type", type == nullptr ? "unknown" : type);
		entry.Set("keySize", bpf_map__key_size(map));
		entry.Set("valueSize", bpf_map__value_size(map));
		entry.Set("maxEntries", bpf_map__max_entries(map));
		maps.Set(maps.Length(), entry);
	}
	return maps;
}

static int ReusePrefetchedRing(struct bpf_map *map, uint32_t bytes)
{
	int ring = TakePrefetchedRing(bytes);
	if (ring < 0)
		return 0;
	int error = bpf_map__reuse_fd(map, ring);
	close(ring);
	return error;
}

Napi::Value BpfObject::SetMapSize(const Napi::CallbackInfo &info)
{
	std::string name = StringAt(info, 0);
	uint32_t entries = info[1].As<Napi::Number>();
	struct bpf_map *map = Map(info.Env(), "setMapSize", name);
	int error = bpf_map__set_max_entries(map, entries);
	if (!error && bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF)
		error = ReusePrefetchedRing(map, entries);
	if (error)
		ThrowBpfError(info.Env(), "setMapSize", error, name);
	return info.Env().Undefined();
}

Napi::Value BpfObject::SetMapAutocreate(const Napi::CallbackInfo &info)
{
	std::string name = StringAt(info, 0);
	bool autocreate = info[1].As<Napi::Boolean>();
	int error = bpf_map__set_autocreate(Map(info.Env(), "setMapAutocreate", name), autocreate);
	if (error)
		ThrowBpfError(info.Env(), "setMapAutocreate", error, name);
	return info.Env().Undefined();
}

// The initial value of a data section. libbpf's copy is the map's content only until load().
Napi::Value BpfObject::SetData(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	size_t offset = info[1].As<Napi::Number>().Uint32Value();
	auto bytes = info[2].As<Napi::Uint8Array>();
	size_t size = 0;
	struct bpf_map *map = Map(env, "setData", name);
	if (loaded_)
		ThrowBpfError(env, "setData", EBUSY, name);
	auto *current = static_cast<const uint8_t *>(bpf_map__initial_value(map, &size));
	if (current == nullptr)
		ThrowBpfError(env, "setData", EINVAL, name);
	if (offset > size || bytes.ByteLength() > size - offset)
		ThrowBpfError(env, "setData", E2BIG, name);
	std::vector<uint8_t> value(current, current + size);
	memcpy(value.data() + offset, bytes.Data(), bytes.ByteLength());
	if (int error = bpf_map__set_initial_value(map, value.data(), size))
		ThrowBpfError(env, "setData", error, name);
	return env.Undefined();
}

// The verifier gives up for a signal, and libbpf tries but a few times again: signals wait
// meanwhile.
static int LoadUndisturbed(struct bpf_object *object)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	int error = bpf_object__load(object);
	pthread_sigmask(SIG_SETMASK, &before, nullptr);
	return error;
}

Napi::Value BpfObject::Load(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	struct bpf_object *object = Open(env, "load");
	LibbpfLog log;
	int error = LoadUndisturbed(object);
	log_ = log.Text();
	if (error)
		ThrowBpfError(env, "load", error, "", &log);
	loaded_ = true;
	return env.Undefined();
}

// Everything that libbpf said during load(), the whole verifier log included.
Napi::Value BpfObject::Log(const Napi::CallbackInfo &info)
{
	return Napi::String::New(info.Env(), log_);
}

Napi::Value BpfObject::Attach(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	struct bpf_program *program = Program(env, "attach", StringAt(info, 0));
	if (!loaded_)
		ThrowBpfError(env, "attach", EINVAL, StringAt(info, 0));
	auto attachment = std::make_shared<Attachment>(
		AttachProgram(env, program, info[1].As<Napi::Object>()));
	attachments_.push_back(attachment);
	return BpfLink::New(env, attachment);
}

Napi::Value BpfObject::Close(const Napi::CallbackInfo &info)
{
	Free();
	return info.Env().Undefined();
}
