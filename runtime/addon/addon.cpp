// The module: one set of classes and functions per Node environment.
#include "addon.hpp"
#include "btf.hpp"
#include "drain.hpp"
#include "event-reader.hpp"
#include "event-symbols.hpp"
#include "event-writer.hpp"
#include "json-decoder.hpp"
#include "kernel-btf.hpp"
#include "link.hpp"
#include "object.hpp"
#include "ring-prefetch.hpp"

AddonData &AddonData::Of(Napi::Env env)
{
	return *env.GetInstanceData<AddonData>();
}

static Napi::Value SetErrorClass(const Napi::CallbackInfo &info)
{
	AddonData::Of(info.Env()).error = Napi::Persistent(info[0].As<Napi::Function>());
	return info.Env().Undefined();
}

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	env.SetInstanceData(new AddonData);
	LibbpfLog::Install();
	Export(env, exports, "setErrorClass", SetErrorClass);
	InitLinker(env, exports);
	InitProcess(env, exports);
	InitPcap(env, exports);
	InitKernelBtf(env, exports);
	InitRingPrefetch(env, exports);
	BpfObject::Init(env, exports);
	BpfLink::Init(env);
	Drain::Init(env, exports);
	Kallsyms::Init(env, exports);
	EventWriter::Init(env, exports);
	InitEventReader(env, exports);
	Btf::Init(env, exports);
	JsonDecoder::Init(env, exports);
	return exports;
}

NODE_API_MODULE(retis, Init)
