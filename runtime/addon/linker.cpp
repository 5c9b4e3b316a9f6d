// link(): joins relocatable BPF objects into one with libbpf's
// static linker, without touching a file system.
#include "addon.hpp"
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <memory>
#include <vector>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
extern "C" {
#include <bpf/libbpf.h>
}

namespace
{
// A file that exists only in memory and has a name while it
// is open: what libbpf's linker reads and writes.
class Memfd
{
      public:
	Memfd() = default;
	~Memfd();
	Memfd(const Memfd &) = delete;
	Memfd &operator=(const Memfd &) = delete;

	// Each returns 0 or an errno.
	int Open();
	int Write(const uint8_t *data, size_t length);
	int Read(std::vector<uint8_t> &into) const;
	std::string Path() const;

      private:
	int fd_ = -1;
};

Memfd::~Memfd()
{
	if (fd_ >= 0)
		close(fd_);
}

int Memfd::Open()
{
	fd_ = memfd_create("retis-bpf", MFD_CLOEXEC);
	return fd_ < 0 ? errno : 0;
}

int Memfd::Write(const uint8_t *data, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd_, data, length);
		if (written < 0)
			return errno;
		data += written;
		length -= static_cast<size_t>(written);
	}
	return 0;
}

int Memfd::Read(std::vector<uint8_t> &into) const
{
	struct stat status;
	if (fstat(fd_, &status) < 0)
		return errno;
	into.resize(static_cast<size_t>(status.st_size));
	size_t done = 0;
	while (done < into.size()) {
		ssize_t got = pread(fd_, into.data() + done, into.size() - done,
				    static_cast<off_t>(done));
		if (got <= 0)
			return got < 0 ? errno : EIO;
		done += static_cast<size_t>(got);
	}
	return 0;
}

std::string Memfd::Path() const
{
	return "/proc/self/fd/" + std::to_string(fd_);
}

} // namespace

// libbpf 1.1's linker crashes on what libelf does not take for an ELF file instead of refusing it.
static bool IsRelocatableBpf(const uint8_t *data, size_t length)
{
	Elf64_Ehdr header;
	if (length < sizeof(header))
		return false;
	memcpy(&header, data, sizeof(header));
	return memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
	       header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_type == ET_REL &&
	       header.e_machine == EM_BPF && header.e_shentsize == sizeof(Elf64_Shdr) &&
	       header.e_shnum > 0 && header.e_shoff <= length &&
	       header.e_shnum * sizeof(Elf64_Shdr) <= length - header.e_shoff;
}

static Napi::Value Link(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Array objects = info[0].As<Napi::Array>();
	LibbpfLog log;
	Memfd output;
	if (int error = output.Open())
		ThrowBpfError(env, "link", error, "", &log);
	std::unique_ptr<bpf_linker, decltype(&bpf_linker__free)> linker(
		bpf_linker__new(output.Path().c_str(), nullptr), bpf_linker__free);
	if (!linker)
		ThrowBpfError(env, "link", errno, "", &log);

	for (uint32_t index = 0; index < objects.Length(); index++) {
		auto bytes = objects.Get(index).As<Napi::Uint8Array>();
		if (!IsRelocatableBpf(bytes.Data(), bytes.ByteLength()))
			ThrowBpfError(env, "link", LIBBPF_ERRNO__FORMAT,
				      "object " + std::to_string(index));
		Memfd input;
		int error = input.Open();
		if (!error)
			error = input.Write(bytes.Data(), bytes.ByteLength());
		if (!error)
			error = bpf_linker__add_file(linker.get(), input.Path().c_str(), nullptr);
		if (error)
			ThrowBpfError(env, "link", error, "object " + std::to_string(index), &log);
	}
	if (int error = bpf_linker__finalize(linker.get()))
		ThrowBpfError(env, "link", error, "", &log);

	std::vector<uint8_t> joined;
	if (int error = output.Read(joined))
		ThrowBpfError(env, "link", error, "", &log);
	return Napi::Buffer<uint8_t>::Copy(env, joined.data(), joined.size());
}

void InitLinker(Napi::Env env, Napi::Object exports)
{
	Export(env, exports, "link", Link);
}
