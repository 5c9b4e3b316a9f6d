// Reading one BTF graph: names, kinds, sizes, members. No JavaScript here.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct btf;

struct TypeFacts {
	std::string name; // as C writes it
	const char *kind; // BtfKind in btf.ts
	uint64_t size;
	bool is_signed;
	std::string target; // of a pointer or array, else empty
	uint32_t elements;
};

struct MemberFacts {
	uint32_t type;
	uint64_t offset_bits;
	uint32_t bitfield_size; // 0: not a bit-field
};

// Past typedefs, qualifiers and tags.
uint32_t ResolveType(const struct btf *btf, uint32_t type);
std::string TypeName(const struct btf *btf, uint32_t type);
TypeFacts DescribeType(const struct btf *btf, uint32_t type);
bool IsComposite(const struct btf *btf, uint32_t type);
// What a pointer points to; 0 when it is none, or void.
uint32_t PointedTo(const struct btf *btf, uint32_t type);
MemberFacts MemberAt(const struct btf *btf, uint32_t composite, uint32_t index);
// Anonymous structs and unions count as part of `composite`, which must be resolved.
std::optional<MemberFacts> FindMember(const struct btf *btf, uint32_t composite, const char *name);

// The aligned unit to load for a bit-field: of its type's size, or larger when it straddles.
struct Unit {
	uint64_t byte_offset;
	uint32_t bit_offset;
	uint64_t size;
};
Unit UnitOf(const MemberFacts &member, uint64_t type_size);
