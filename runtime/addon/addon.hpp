// What every class of the addon shares: the constructors of one Node environment, libbpf's messages
// of one call, and how a failed call becomes a BpfError.
#pragma once
#include <napi.h>
#include <cstdint>
#include <string>

struct AddonData {
	Napi::FunctionReference error;
	Napi::FunctionReference link;

	static AddonData &Of(Napi::Env env);
};

// Collects what libbpf would print on stderr while this object lives, on this thread.
class LibbpfLog
{
      public:
	LibbpfLog();
	~LibbpfLog();
	LibbpfLog(const LibbpfLog &) = delete;
	LibbpfLog &operator=(const LibbpfLog &) = delete;

	const std::string &Text() const;
	// The log of the program that the verifier refused; empty when it was not asked.
	std::string VerifierLog() const;
	// The program or map that libbpf's first warning is about; empty when it names none.
	std::string Subject() const;

	static void Install();

      private:
	std::string text_;
	std::string *outer_;
};

// `error` is an errno or one of libbpf's own, of either sign.
[[noreturn]] void ThrowBpfError(Napi::Env env, const char *operation, int error,
				const std::string &subject, const LibbpfLog *log = nullptr);

void InitLinker(Napi::Env env, Napi::Object exports);
void InitProcess(Napi::Env env, Napi::Object exports);
void InitPcap(Napi::Env env, Napi::Object exports);

inline std::string StringAt(const Napi::CallbackInfo &info, size_t index)
{
	return info[index].As<Napi::String>().Utf8Value();
}

inline void Export(Napi::Env env, Napi::Object exports, const char *name,
		   Napi::Value (*function)(const Napi::CallbackInfo &))
{
	exports.Set(name, Napi::Function::New(env, function, name));
}
