// Blocks -> a file, a pipe or a rotating set of files. Used by one thread.
#pragma once
#include "event-format.hpp"
#include <deque>
#include <string>
#include <vector>

struct ZSTD_CCtx_s;

namespace event_file
{
// How a set rotates: PATH.0, PATH.1, … ; zeros: not by that.
struct Rotation {
	std::string path;
	uint64_t bytes = 0;
	uint64_t nanoseconds = 0;
	uint32_t keep = 0; // files; 0: all
};

struct Problem {
	int error = 0; // an errno; 0: none
	const char *operation = "";
	std::string path;
};

class Output
{
      public:
	// Takes the descriptor over. `header`: the JSON that opens every file.
	Output(int fd, std::string path, std::string header, int level, Rotation rotation);
	~Output();
	Output(const Output &) = delete;
	Output &operator=(const Output &) = delete;

	// Before privileges are dropped, on the thread that will write.
	void Prepare();
	// The first bytes of the first file.
	bool Begin();
	// `plain`: there is no time to compress. False: nothing more can be written.
	bool Write(BlockHeader header, const std::vector<uint8_t> &payload, bool plain);
	// The index, and the end of the file.
	bool Finish(uint64_t lost);

	const Problem &Failure() const
	{
		return problem_;
	}
	uint64_t Bytes() const
	{
		return bytes_;
	}
	uint64_t Records() const
	{
		return records_;
	}
	uint32_t Files() const
	{
		return files_;
	}

      private:
	bool BeginFile();
	bool WriteHeader();
	bool EndFile(uint64_t lost);
	bool RotateIfDue();
	bool OpenNext();
	bool StillThere();
	bool WriteBlock(BlockHeader &header, const uint8_t *payload, size_t length, bool plain);
	bool WriteAll(const void *data, size_t length);
	bool Fail(int error, const char *operation);
	void ActAsOwnerOfFolder();

	int fd_;
	bool pipe_ = false;
	std::string path_;
	std::string header_;
	int level_;
	Rotation rotation_;
	ZSTD_CCtx_s *context_;
	std::vector<uint8_t> compressed_;
	std::vector<IndexEntry> index_;
	uint64_t file_bytes_ = 0;
	uint64_t file_records_ = 0;
	uint64_t file_began_ = 0;
	uint64_t checked_ = 0;
	uint64_t bytes_ = 0;
	uint64_t records_ = 0;
	uint32_t files_ = 1;
	uint32_t first_kept_ = 0;
	Problem problem_;
};

uint64_t MonotonicTime();
} // namespace event_file
