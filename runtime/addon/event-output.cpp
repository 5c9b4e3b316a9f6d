// Every block is written whole or taken back, so that a file that could not be finished ends with a
// block.
#include "event-output.hpp"
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

namespace event_file
{
// How often it looks whether the file still has a name.
static constexpr uint64_t check_every = 1000000000;
// Blocks of frames after which the header is repeated: without one, none of them could be read.
static constexpr size_t header_every = 64;

uint64_t MonotonicTime()
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

Output::Output(int fd, std::string path, std::string header, int level, Rotation rotation)
    : fd_(fd), path_(std::move(path)), header_(std::move(header)), level_(level),
      rotation_(std::move(rotation)), context_(ZSTD_createCCtx())
{
	ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level_);
}

Output::~Output()
{
	ZSTD_freeCCtx(context_);
	if (fd_ >= 0)
		close(fd_);
}

void Output::Prepare()
{
	struct stat status;
	pipe_ = fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode);
	if (!rotation_.path.empty())
		ActAsOwnerOfFolder();
}

bool Output::Begin()
{
	return BeginFile();
}

// A process that drops its capabilities may, as root, no longer create a file in a user's folder.
// This thread alone does so as the folder's owner; it is called while it may still become one.
void Output::ActAsOwnerOfFolder()
{
	size_t slash = rotation_.path.rfind('/');
	std::string folder = slash == std::string::npos ? "." : rotation_.path.substr(0, slash + 1);
	struct stat status;
	if (geteuid() != 0 || stat(folder.c_str(), &status) != 0 || status.st_uid == 0 ||
	    status.st_mode & S_IWOTH)
		return;
	setfsgid(status.st_gid);
	setfsuid(status.st_uid);
}

bool Output::BeginFile()
{
	file_bytes_ = 0;
	file_records_ = 0;
	file_began_ = MonotonicTime();
	checked_ = file_began_;
	index_.clear();
	Preamble preamble{};
	memcpy(preamble.magic, file_magic, sizeof(file_magic));
	preamble.major = version_major;
	preamble.minor = version_minor;
	return WriteAll(&preamble, sizeof(preamble)) && WriteHeader();
}

bool Output::WriteHeader()
{
	BlockHeader header{};
	header.type = BLOCK_HEADER;
	return WriteBlock(header, reinterpret_cast<const uint8_t *>(header_.data()), header_.size(),
			  false);
}

bool Output::Write(BlockHeader header, const std::vector<uint8_t> &payload, bool plain)
{
	if (problem_.error != 0 || !RotateIfDue() || !StillThere())
		return false;
	IndexEntry entry{file_bytes_, header.first_time, header.last_time,
			 records_,    header.records,	 0};
	if (!WriteBlock(header, payload.data(), payload.size(), plain))
		return false;
	index_.push_back(entry);
	records_ += header.records;
	file_records_ += header.records;
	return index_.size() % header_every != 0 || WriteHeader();
}

bool Output::WriteBlock(BlockHeader &header, const uint8_t *payload, size_t length, bool plain)
{
	const uint8_t *stored = payload;
	size_t stored_length = length;
	header.codec = CODEC_PLAIN;
	if (!plain && level_ > 0) {
		compressed_.resize(ZSTD_compressBound(length));
		size_t size = ZSTD_compress2(context_, compressed_.data(), compressed_.size(),
					     payload, length);
		if (!ZSTD_isError(size) && size < length) {
			header.codec = CODEC_ZSTD;
			stored = compressed_.data();
			stored_length = size;
		}
	}
	memcpy(header.magic, block_magic, sizeof(block_magic));
	header.raw_length = static_cast<uint32_t>(length);
	header.stored_length = static_cast<uint32_t>(stored_length);
	header.ordinal = records_;
	header.payload_crc = Crc32c(stored, stored_length);
	header.header_crc = Crc32c(&header, offsetof(BlockHeader, header_crc));
	uint64_t begin = file_bytes_;
	if (WriteAll(&header, sizeof(header)) && WriteAll(stored, stored_length))
		return true;
	if (!pipe_ && ftruncate(fd_, static_cast<off_t>(begin)) == 0)
		bytes_ -= file_bytes_ - begin;
	return false;
}

bool Output::WriteAll(const void *data, size_t length)
{
	auto *bytes = static_cast<const uint8_t *>(data);
	while (length > 0) {
		ssize_t written = write(fd_, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EAGAIN) {
			struct pollfd target = {fd_, POLLOUT, 0};
			poll(&target, 1, 1000);
			continue;
		}
		if (written < 0)
			return Fail(errno, "write");
		bytes += written;
		length -= static_cast<size_t>(written);
		file_bytes_ += static_cast<uint64_t>(written);
		bytes_ += static_cast<uint64_t>(written);
	}
	return true;
}

// Writing to a file that was deleted succeeds, and nobody will ever read it.
bool Output::StillThere()
{
	uint64_t now = MonotonicTime();
	if (pipe_ || now - checked_ < check_every)
		return true;
	checked_ = now;
	struct stat status;
	if (fstat(fd_, &status) == 0 && status.st_nlink == 0)
		return Fail(ENOENT, "deleted");
	return true;
}

bool Output::RotateIfDue()
{
	if (rotation_.path.empty() || index_.empty())
		return true;
	bool full = rotation_.bytes != 0 && file_bytes_ >= rotation_.bytes;
	bool old = rotation_.nanoseconds != 0 &&
		   MonotonicTime() - file_began_ >= rotation_.nanoseconds;
	return (!full && !old) || (EndFile(0) && OpenNext());
}

bool Output::OpenNext()
{
	close(fd_);
	path_ = rotation_.path + "." + std::to_string(files_);
	fd_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd_ < 0)
		return Fail(errno, "open");
	files_++;
	while (rotation_.keep != 0 && files_ - first_kept_ > rotation_.keep) {
		std::string oldest = rotation_.path + "." + std::to_string(first_kept_++);
		if (unlink(oldest.c_str()) != 0 && errno != ENOENT)
			return Fail(errno, "unlink");
	}
	return BeginFile();
}

bool Output::Finish(uint64_t lost)
{
	return problem_.error == 0 && EndFile(lost);
}

bool Output::EndFile(uint64_t lost)
{
	if (!index_.empty() && !WriteHeader())
		return false;
	EndRecord end{file_bytes_, file_records_, lost};
	BlockHeader header{};
	header.type = BLOCK_INDEX;
	header.records = static_cast<uint32_t>(index_.size());
	auto *entries = reinterpret_cast<const uint8_t *>(index_.data());
	if (!WriteBlock(header, entries, index_.size() * sizeof(IndexEntry), false))
		return false;
	header = {};
	header.type = BLOCK_END;
	// Plain, so that it lies at a known distance from the end.
	return WriteBlock(header, reinterpret_cast<const uint8_t *>(&end), sizeof(end), true);
}

bool Output::Fail(int error, const char *operation)
{
	problem_ = {error, operation, path_};
	return false;
}
} // namespace event_file
