// Distinct texts by number, from 1 on, in memory that does not grow beyond a limit.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

class JsonInterner
{
      public:
	JsonInterner(size_t max_bytes, size_t max_texts);

	// 0 when it is full.
	uint32_t Intern(std::string_view text);
	// Of an id that Intern() gave; empty for any other.
	std::string_view Text(uint32_t id) const;
	size_t Bytes() const
	{
		return bytes_;
	}
	uint32_t Count() const
	{
		return static_cast<uint32_t>(texts_.size());
	}
	void Clear();

      private:
	struct Entry {
		const char *text;
		uint32_t length;
		uint32_t hash;
	};
	const char *Keep(std::string_view text);
	void Grow();

	size_t max_bytes_;
	size_t max_texts_;
	size_t bytes_ = 0;
	std::vector<Entry> texts_;
	std::vector<uint32_t> buckets_;
	std::vector<std::unique_ptr<char[]>> blocks_;
	size_t block_size_ = 0;
	size_t block_used_ = 0;
};
