// libbpf's messages, caught instead of printed, and the BpfError made of them.
#include "addon.hpp"
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
extern "C" {
#include <bpf/libbpf.h>
}

static thread_local std::string *sink = nullptr;

static int Collect(enum libbpf_print_level level, const char *format, va_list arguments)
{
	if (level == LIBBPF_DEBUG || sink == nullptr)
		return 0;
	char *line = nullptr;
	int length = vasprintf(&line, format, arguments);
	if (length < 0)
		return 0;
	sink->append(line, static_cast<size_t>(length));
	free(line);
	return length;
}

void LibbpfLog::Install()
{
	libbpf_set_print(Collect);
}

LibbpfLog::LibbpfLog() : outer_(sink)
{
	sink = &text_;
}

LibbpfLog::~LibbpfLog()
{
	sink = outer_;
}

const std::string &LibbpfLog::Text() const
{
	return text_;
}

// libbpf loads without a log first and, when that fails, once more with one, which it prints
// between these two marks: success pays nothing.
std::string LibbpfLog::VerifierLog() const
{
	static const std::string begin = "-- BEGIN PROG LOAD LOG --\n";
	size_t start = text_.find(begin);
	if (start == std::string::npos)
		return "";
	start += begin.size();
	size_t end = text_.find("-- END PROG LOAD LOG --", start);
	return text_.substr(start, end == std::string::npos ? end : end - start);
}

std::string LibbpfLog::Subject() const
{
	for (const char *kind : {"prog '", "map '"}) {
		size_t start = text_.find(kind);
		if (start == std::string::npos)
			continue;
		start = text_.find('\'', start) + 1;
		return text_.substr(start, text_.find('\'', start) - start);
	}
	return "";
}

void ThrowBpfError(Napi::Env env, const char *operation, int error, const std::string &subject,
		   const LibbpfLog *log)
{
	std::string verifier = log ? log->VerifierLog() : "";
	std::string name = subject.empty() && log ? log->Subject() : subject;
	auto text = [&](const std::string &value) -> Napi::Value {
		if (value.empty())
			return env.Null();
		return Napi::String::New(env, value);
	};
	Napi::Object thrown = AddonData::Of(env).error.New({
		Napi::String::New(env, operation),
		Napi::Number::New(env, std::abs(error)),
		text(name),
		text(verifier),
		Napi::String::New(env, log ? log->Text() : ""),
	});
	throw Napi::Error(env, thrown);
}
