// Parses and indexes the running kernel's BTF on a thread beside the compiler, and hands it to
// libbpf too.
#include "kernel-btf.hpp"
#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <thread>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
extern "C" {
#include <bpf/btf.h>
}

static const char kernel_btf_path[] = "/sys/kernel/btf/vmlinux";

static std::once_flag started;
static std::mutex joining;
static std::thread parser;
static struct btf *parsed = nullptr;
static std::shared_ptr<const BtfIndex> names;
static int parse_error = 0;

// Since 6.16 (a539e2a6d51d) the file can be mapped: spares libbpf the copy that it reads into,
// whose pages the kernel has to clear while the main thread wants memory too. NULL: it cannot.
static struct btf *ParseMapped()
{
	int fd = open(kernel_btf_path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return nullptr;
	struct stat status = {};
	fstat(fd, &status);
	size_t size = static_cast<size_t>(status.st_size);
	void *data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return nullptr;
	struct btf *btf = btf__new(data, static_cast<__u32>(size));
	munmap(data, size);
	return btf;
}

static void Parse()
{
	parsed = ParseMapped();
	if (parsed == nullptr)
		parsed = btf__parse(kernel_btf_path, nullptr);
	parse_error = parsed == nullptr ? errno : 0;
	if (parsed != nullptr)
		names = std::make_shared<const BtfIndex>(parsed, 1);
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

std::shared_ptr<const BtfIndex> KernelBtfIndex()
{
	Join(nullptr);
	return names;
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
int32_t __real_btf__find_by_name_kind(const struct btf *btf, const char *name, uint32_t kind);

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	struct btf *btf = KernelBtf();
	return btf != nullptr ? btf : __real_btf__load_vmlinux_btf();
}

// Attach targets and kernel functions, by name.
int32_t __wrap_btf__find_by_name_kind(const struct btf *btf, const char *name, uint32_t kind)
{
	std::optional<BtfIndex::Space> space = BtfIndex::SpaceOf(kind);
	if (btf != parsed || names == nullptr || !space)
		return __real_btf__find_by_name_kind(btf, name, kind);
	uint32_t found = names->Find(*space, name);
	return found == 0 ? -ENOENT : static_cast<int32_t>(found);
}

void __wrap_btf__free(struct btf *btf)
{
	if (btf == nullptr || btf != parsed)
		__real_btf__free(btf);
}
}
