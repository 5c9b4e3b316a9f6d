// The process itself: capabilities of all its threads, the end without V8's clean-up, the reader of
// its output, kernel statistics.
#include "addon.hpp"
#include "every-thread.hpp"
#include <cerrno>
#include <cstring>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <poll.h>
#include <linux/capability.h>
extern "C" {
#include <bpf/bpf.h>
}

// Runs in a signal handler: system calls only.
static int DropOnThisThread()
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {};
	if (syscall(SYS_capset, &header, none) < 0)
		return errno;
	// Without this the next program that root runs would have everything again.
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return errno;
	return 0;
}

static Napi::Value DropPrivileges(const Napi::CallbackInfo &info)
{
	if (int error = RunOnEveryThread(DropOnThisThread))
		ThrowBpfError(info.Env(), "dropPrivileges", error, "");
	return info.Env().Undefined();
}

// Of the calling thread.
static Napi::Value Capabilities(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {};
	if (syscall(SYS_capget, &header, data) < 0)
		ThrowBpfError(env, "capabilities", errno, "");
	auto joined = [&](uint32_t low, uint32_t high) {
		return Napi::BigInt::New(env, static_cast<uint64_t>(high) << 32 | low);
	};
	Napi::Object result = Napi::Object::New(env);
	result.Set("effective", joined(data[0].effective, data[1].effective));
	result.Set("permitted", joined(data[0].permitted, data[1].permitted));
	return result;
}

// V8 waits about 100 ms at exit for the compilation of a hot WebAssembly function.
static Napi::Value ExitNow(const Napi::CallbackInfo &info)
{
	_exit(info[0].As<Napi::Number>().Int32Value());
}

// readerIsGone(descriptor): of a pipe or socket that nobody reads any more, which a writer learns
// only when it writes.
static Napi::Value ReaderIsGone(const Napi::CallbackInfo &info)
{
	struct pollfd one = {info[0].As<Napi::Number>().Int32Value(), 0, 0};
	bool gone = poll(&one, 1, 0) > 0 && (one.revents & (POLLERR | POLLHUP)) != 0;
	return Napi::Boolean::New(info.Env(), gone);
}

// Run times and run counts are kept while the descriptor is open.
static Napi::Value EnableStats(const Napi::CallbackInfo &info)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (fd < 0)
		ThrowBpfError(info.Env(), "enableStats", fd, "");
	return Napi::Number::New(info.Env(), fd);
}

void InitProcess(Napi::Env env, Napi::Object exports)
{
	Export(env, exports, "dropPrivileges", DropPrivileges);
	Export(env, exports, "capabilities", Capabilities);
	Export(env, exports, "exitNow", ExitNow);
	Export(env, exports, "readerIsGone", ReaderIsGone);
	Export(env, exports, "enableStats", EnableStats);
}
