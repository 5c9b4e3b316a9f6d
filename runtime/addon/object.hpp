// One linked BPF object: opened, adjusted, loaded, attached, read and closed. Closing it detaches
// what it attached.
#pragma once
#include "addon.hpp"
#include "link.hpp"
#include <memory>
#include <vector>

struct bpf_object;
struct bpf_program;
struct bpf_map;

class BpfObject : public Napi::ObjectWrap<BpfObject>
{
      public:
	static void Init(Napi::Env env, Napi::Object exports);
	explicit BpfObject(const Napi::CallbackInfo &info);
	~BpfObject() override;

	// Throw when the object is closed or has nothing of this name.
	struct bpf_map *Map(Napi::Env env, const char *operation, const std::string &name) const;
	struct bpf_program *Program(Napi::Env env, const char *operation,
				    const std::string &name) const;

      private:
	Napi::Value Programs(const Napi::CallbackInfo &info);
	Napi::Value SetAutoload(const Napi::CallbackInfo &info);
	Napi::Value SetAttachTarget(const Napi::CallbackInfo &info);
	Napi::Value InsertCode(const Napi::CallbackInfo &info);
	Napi::Value Maps(const Napi::CallbackInfo &info);
	Napi::Value SetMapSize(const Napi::CallbackInfo &info);
	Napi::Value SetMapAutocreate(const Napi::CallbackInfo &info);
	Napi::Value SetData(const Napi::CallbackInfo &info);
	Napi::Value Load(const Napi::CallbackInfo &info);
	Napi::Value Log(const Napi::CallbackInfo &info);
	Napi::Value Attach(const Napi::CallbackInfo &info);
	Napi::Value Close(const Napi::CallbackInfo &info);
	// object-variables.cpp
	Napi::Value Variable(const Napi::CallbackInfo &info);
	// object-maps.cpp
	Napi::Value MapFd(const Napi::CallbackInfo &info);
	Napi::Value MmapMap(const Napi::CallbackInfo &info);
	Napi::Value Lookup(const Napi::CallbackInfo &info);
	Napi::Value Update(const Napi::CallbackInfo &info);
	// object-programs.cpp
	Napi::Value ProgramInfo(const Napi::CallbackInfo &info);
	Napi::Value ProgramFd(const Napi::CallbackInfo &info);
	Napi::Value Xlated(const Napi::CallbackInfo &info);
	Napi::Value TestRun(const Napi::CallbackInfo &info);
	Napi::Value TestRunBatch(const Napi::CallbackInfo &info);

	struct bpf_object *Open(Napi::Env env, const char *operation) const;
	void Free();

	struct bpf_object *object_ = nullptr;
	bool loaded_ = false;
	std::string log_;
	std::vector<std::weak_ptr<Attachment>> attachments_;
};
