// From an AttachTarget to the libbpf call that makes the attachment.
#include "attach.hpp"
#include <cerrno>
#include <vector>
extern "C" {
#include <bpf/libbpf.h>
}

// The properties of an AttachTarget, with the defaults of those left out.
class Target
{
      public:
	explicit Target(Napi::Object object) : object_(object)
	{
	}
	std::string Text(const char *name) const
	{
		Napi::Value value = object_.Get(name);
		return value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
	}
	bool Flag(const char *name) const
	{
		return object_.Get(name).ToBoolean();
	}
	int64_t Number(const char *name, int64_t otherwise) const
	{
		Napi::Value value = object_.Get(name);
		return value.IsNumber() ? value.As<Napi::Number>().Int64Value() : otherwise;
	}
	uint64_t Cookie() const
	{
		bool lossless;
		Napi::Value value = object_.Get("cookie");
		return value.IsBigInt() ? value.As<Napi::BigInt>().Uint64Value(&lossless) : 0;
	}
	Napi::Value Get(const char *name) const
	{
		return object_.Get(name);
	}

      private:
	Napi::Object object_;
};

static struct bpf_link *AttachKprobeMulti(Napi::Env env, struct bpf_program *program,
					  const Target &target)
{
	Napi::Array list = target.Get("symbols").As<Napi::Array>();
	std::vector<std::string> names;
	for (uint32_t index = 0; index < list.Length(); index++)
		names.push_back(list.Get(index).As<Napi::String>().Utf8Value());
	std::vector<const char *> symbols;
	for (const std::string &name : names)
		symbols.push_back(name.c_str());
	LIBBPF_OPTS(bpf_kprobe_multi_opts, options, .syms = symbols.data(), .cnt = symbols.size(),
		    .retprobe = target.Flag("return"));
	Napi::Value cookies = target.Get("cookies");
	if (cookies.IsTypedArray()) {
		auto values = cookies.As<Napi::BigUint64Array>();
		if (values.ElementLength() != symbols.size())
			ThrowBpfError(env, "attach", EINVAL, "cookies");
		options.cookies = reinterpret_cast<const __u64 *>(values.Data());
	}
	return bpf_program__attach_kprobe_multi_opts(program, nullptr, &options);
}

static struct bpf_link *AttachUprobe(struct bpf_program *program, const Target &target)
{
	std::string symbol = target.Text("symbol");
	LIBBPF_OPTS(bpf_uprobe_opts, options, .bpf_cookie = target.Cookie(),
		    .retprobe = target.Flag("return"),
		    .func_name = symbol.empty() ? nullptr : symbol.c_str());
	return bpf_program__attach_uprobe_opts(
		program, static_cast<pid_t>(target.Number("pid", -1)),
		target.Text("binary").c_str(), static_cast<size_t>(target.Number("offset", 0)),
		&options);
}

struct bpf_link *AttachProgram(Napi::Env env, struct bpf_program *program, Napi::Object object)
{
	Target target(object);
	std::string kind = target.Text("kind");
	std::string subject = bpf_program__name(program);
	LibbpfLog log;
	struct bpf_link *link = nullptr;
	errno = EINVAL;
	if (kind == "trace") {
		// A cookie makes libbpf use BPF_LINK_CREATE, which kernels before 5.18 refuse here.
		LIBBPF_OPTS(bpf_trace_opts, options, .cookie = target.Cookie());
		link = options.cookie ? bpf_program__attach_trace_opts(program, &options)
				      : bpf_program__attach_trace(program);
	} else if (kind == "raw_tracepoint") {
		subject = target.Text("name");
		link = bpf_program__attach_raw_tracepoint(program, subject.c_str());
	} else if (kind == "tracepoint") {
		subject = target.Text("category") + ":" + target.Text("name");
		LIBBPF_OPTS(bpf_tracepoint_opts, options, .bpf_cookie = target.Cookie());
		link = bpf_program__attach_tracepoint_opts(program, target.Text("category").c_str(),
							   target.Text("name").c_str(), &options);
	} else if (kind == "kprobe") {
		subject = target.Text("symbol");
		LIBBPF_OPTS(bpf_kprobe_opts, options, .bpf_cookie = target.Cookie(),
			    .offset = static_cast<size_t>(target.Number("offset", 0)),
			    .retprobe = target.Flag("return"));
		link = bpf_program__attach_kprobe_opts(program, subject.c_str(), &options);
	} else if (kind == "kprobe_multi") {
		link = AttachKprobeMulti(env, program, target);
	} else if (kind == "uprobe") {
		subject = target.Text("binary") + ":" + target.Text("symbol");
		link = AttachUprobe(program, target);
	} else if (kind == "usdt") {
		subject = target.Text("provider") + ":" + target.Text("name");
		LIBBPF_OPTS(bpf_usdt_opts, options, .usdt_cookie = target.Cookie());
		link = bpf_program__attach_usdt(
			program, static_cast<pid_t>(target.Number("pid", -1)),
			target.Text("binary").c_str(), target.Text("provider").c_str(),
			target.Text("name").c_str(), &options);
	}
	if (link == nullptr)
		ThrowBpfError(env, "attach", errno, subject, &log);
	return link;
}
