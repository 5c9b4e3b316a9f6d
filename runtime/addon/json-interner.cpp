// Open addressing over entries whose texts lie back to back in blocks. The hash is keyed by chance,
// since files may be made to collide.
#include "json-interner.hpp"
#include <cstring>
#include <random>

static uint64_t Key()
{
	static const uint64_t key =
		(static_cast<uint64_t>(std::random_device{}()) << 32 | std::random_device{}()) | 1;
	return key;
}

static uint32_t Hash(std::string_view text)
{
	const char *at = text.data();
	size_t left = text.size();
	uint64_t hash = Key() ^ left;
	auto mix = [&hash](uint64_t word) {
		unsigned __int128 product =
			static_cast<unsigned __int128>(hash ^ word) * 0x9e3779b97f4a7c15ull;
		hash = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64) ^
		       Key();
	};
	for (; left >= 8; left -= 8, at += 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		mix(word);
	}
	uint64_t word = 0;
	memcpy(&word, at, left);
	mix(word);
	return static_cast<uint32_t>(hash ^ hash >> 32);
}

JsonInterner::JsonInterner(size_t max_bytes, size_t max_texts)
    : max_bytes_(max_bytes), max_texts_(max_texts), buckets_(256)
{
}

uint32_t JsonInterner::Intern(std::string_view text)
{
	uint32_t hash = Hash(text);
	size_t mask = buckets_.size() - 1;
	size_t bucket = hash & mask;
	for (; buckets_[bucket] != 0; bucket = (bucket + 1) & mask) {
		const Entry &entry = texts_[buckets_[bucket] - 1];
		if (entry.hash == hash && entry.length == text.size() &&
		    memcmp(entry.text, text.data(), text.size()) == 0)
			return buckets_[bucket];
	}
	if (texts_.size() >= max_texts_ || bytes_ + text.size() > max_bytes_)
		return 0;
	texts_.push_back({Keep(text), static_cast<uint32_t>(text.size()), hash});
	uint32_t id = Count();
	buckets_[bucket] = id;
	if (texts_.size() * 2 > buckets_.size())
		Grow();
	return id;
}

std::string_view JsonInterner::Text(uint32_t id) const
{
	if (id == 0 || id > texts_.size())
		return {};
	return {texts_[id - 1].text, texts_[id - 1].length};
}

void JsonInterner::Clear()
{
	texts_.clear();
	blocks_.clear();
	buckets_.assign(256, 0);
	bytes_ = block_size_ = block_used_ = 0;
}

const char *JsonInterner::Keep(std::string_view text)
{
	constexpr size_t block = 64 * 1024;
	if (blocks_.empty() || block_used_ + text.size() > block_size_) {
		block_size_ = text.size() > block ? text.size() : block;
		block_used_ = 0;
		blocks_.emplace_back(new char[block_size_]);
	}
	char *kept = blocks_.back().get() + block_used_;
	memcpy(kept, text.data(), text.size());
	block_used_ += text.size();
	bytes_ += text.size();
	return kept;
}

void JsonInterner::Grow()
{
	buckets_.assign(buckets_.size() * 2, 0);
	size_t mask = buckets_.size() - 1;
	for (uint32_t id = 1; id <= Count(); id++) {
		size_t bucket = texts_[id - 1].hash & mask;
		while (buckets_[bucket] != 0)
			bucket = (bucket + 1) & mask;
		buckets_[bucket] = id;
	}
}
