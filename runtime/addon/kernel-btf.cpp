// Parses the running kernel's BTF on a thread beside the compiler, and hands it to libbpf too.
#include "kernel-btf.hpp"
#include <cerrno>
#include <mutex>
#include <thread>
extern "C" {
#include <bpf/btf.h>
}

static const char kernel_btf_path[] = "/sys/kernel/btf/vmlinux";

static std::once_flag started;
static std::mutex joining;
static std::thread parser;
static struct btf *parsed = nullptr;
static int parse_error = 0;

static void Parse()
{
	parsed = btf__parse(kernel_btf_path, nullptr);
	parse_error = parsed == nullptr ? errno : 0;
}

static void Join(void *)
{
	std::lock_guard<std::mutex> lock(joining);
	if (parser.joinable())
		parser.join();
}

void PrefetchKernelBtf()
{
	std::call_once(started, [] { parser = std::thread(Parse); });
}

struct btf *KernelBtf()
{
	PrefetchKernelBtf();
	Join(nullptr);
	errno = parse_error;
	return parsed;
}

bool IsKernelBtf(const std::string &path)
{
	return path == kernel_btf_path;
}

static Napi::Value Prefetch(const Napi::CallbackInfo &info)
{
	PrefetchKernelBtf();
	return info.Env().Undefined();
}

void InitKernelBtf(Napi::Env env, Napi::Object exports)
{
	Export(env, exports, "prefetchKernelBtf", Prefetch);
	napi_add_env_cleanup_hook(env, Join, nullptr);
}

// libbpf loads it for every object that needs it, and frees it after: the linker's --wrap points
// libbpf's calls here. Where the kernel does not show its BTF, libbpf knows other places.
extern "C" {
struct btf *__real_btf__load_vmlinux_btf(void);
void __real_btf__free(struct btf *btf);

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	struct btf *btf = KernelBtf();
	return btf != nullptr ? btf : __real_btf__load_vmlinux_btf();
}

void __wrap_btf__free(struct btf *btf)
{
	if (btf == nullptr || btf != parsed)
		__real_btf__free(btf);
}
}
