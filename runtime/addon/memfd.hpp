// A file that exists only in memory and has a name while it is open: what libbpf's linker reads and
// writes.
#pragma once
#include <cstddef>
#include <string>
#include <vector>
#include <cstdint>

class Memfd
{
      public:
	Memfd();
	~Memfd();
	Memfd(const Memfd &) = delete;
	Memfd &operator=(const Memfd &) = delete;

	// Each returns 0 or an errno.
	int Open();
	int Write(const uint8_t *data, size_t length);
	int Read(std::vector<uint8_t> &into) const;
	std::string Path() const;

      private:
	int fd_;
};
