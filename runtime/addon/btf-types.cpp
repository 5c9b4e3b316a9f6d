// One BTF graph, read: what C calls a type, where a member lies, what it takes to load it.
#include "btf-types.hpp"
#include <cstring>
extern "C" {
#include <bpf/btf.h>
}

static const char *Name(const struct btf *btf, uint32_t offset)
{
	return btf__name_by_offset(btf, offset);
}

uint32_t ResolveType(const struct btf *btf, uint32_t type)
{
	for (;;) {
		const struct btf_type *t = btf__type_by_id(btf, type);
		if (t == nullptr)
			return 0;
		if (!btf_is_mod(t) && !btf_is_typedef(t) && !btf_is_type_tag(t))
			return type;
		type = t->type;
	}
}

static std::string Tagged(const struct btf *btf, const char *keyword, const struct btf_type *t)
{
	const char *name = Name(btf, t->name_off);
	return std::string(keyword) + " " + (name[0] == '\0' ? "{...}" : name);
}

// A qualifier stands before what it qualifies, but after a pointer's star.
static std::string Qualified(const struct btf *btf, const char *qualifier, uint32_t type)
{
	std::string name = TypeName(btf, type);
	const struct btf_type *t = btf__type_by_id(btf, type);
	if (t != nullptr && btf_is_ptr(t))
		return name + qualifier;
	return std::string(qualifier) + " " + name;
}

static std::string PointerName(const struct btf *btf, uint32_t target)
{
	const struct btf_type *t = btf__type_by_id(btf, target);
	if (t != nullptr && btf_is_func_proto(t))
		return TypeName(btf, t->type) + " (*)()";
	std::string name = TypeName(btf, target);
	return name + (name.back() == '*' ? "*" : " *");
}

static std::string ArrayName(const struct btf *btf, uint32_t type)
{
	std::string dimensions;
	const struct btf_type *t = btf__type_by_id(btf, type);
	while (t != nullptr && btf_is_array(t)) {
		dimensions += "[" + std::to_string(btf_array(t)->nelems) + "]";
		type = btf_array(t)->type;
		t = btf__type_by_id(btf, type);
	}
	return TypeName(btf, type) + " " + dimensions;
}

std::string TypeName(const struct btf *btf, uint32_t type)
{
	const struct btf_type *t = btf__type_by_id(btf, type);
	if (type == 0 || t == nullptr)
		return "void";
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
		return Tagged(btf, "struct", t);
	case BTF_KIND_UNION:
		return Tagged(btf, "union", t);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return Tagged(btf, "enum", t);
	case BTF_KIND_FWD:
		return Tagged(btf, btf_kflag(t) ? "union" : "struct", t);
	case BTF_KIND_PTR:
		return PointerName(btf, t->type);
	case BTF_KIND_ARRAY:
		return ArrayName(btf, type);
	case BTF_KIND_CONST:
		return Qualified(btf, "const", t->type);
	case BTF_KIND_VOLATILE:
		return Qualified(btf, "volatile", t->type);
	case BTF_KIND_RESTRICT:
		return Qualified(btf, "restrict", t->type);
	case BTF_KIND_TYPE_TAG:
		return TypeName(btf, t->type);
	case BTF_KIND_FUNC_PROTO:
		return TypeName(btf, t->type) + " ()";
	default:
		return Name(btf, t->name_off);
	}
}

static bool IsChar(const struct btf *btf, uint32_t type)
{
	const struct btf_type *t = btf__type_by_id(btf, ResolveType(btf, type));
	return t != nullptr && btf_is_int(t) && strcmp(Name(btf, t->name_off), "char") == 0;
}

TypeFacts DescribeType(const struct btf *btf, uint32_t type)
{
	uint32_t resolved = ResolveType(btf, type);
	const struct btf_type *t = btf__type_by_id(btf, resolved);
	TypeFacts facts = {TypeName(btf, type), "void", 0, false, "", 0};
	if (resolved == 0 || t == nullptr)
		return facts;
	int64_t size = btf__resolve_size(btf, resolved);
	facts.size = size > 0 ? static_cast<uint64_t>(size) : 0;
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
		facts.kind = btf_int_encoding(t) & BTF_INT_BOOL ? "bool" : "int";
		facts.is_signed = (btf_int_encoding(t) & BTF_INT_SIGNED) != 0;
		break;
	case BTF_KIND_FLOAT:
		facts.kind = "float";
		facts.is_signed = true;
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		facts.kind = "enum";
		facts.is_signed = btf_kflag(t);
		break;
	case BTF_KIND_PTR:
		facts.kind = "pointer";
		facts.target = TypeName(btf, t->type);
		break;
	case BTF_KIND_ARRAY:
		facts.kind = IsChar(btf, btf_array(t)->type) ? "char-array" : "array";
		facts.target = TypeName(btf, btf_array(t)->type);
		facts.elements = btf_array(t)->nelems;
		break;
	case BTF_KIND_UNION:
		facts.kind = "union";
		break;
	case BTF_KIND_FWD:
		facts.kind = btf_kflag(t) ? "union" : "struct";
		break;
	case BTF_KIND_STRUCT:
		facts.kind = "struct";
		break;
	case BTF_KIND_FUNC_PROTO:
		facts.kind = "function";
		break;
	default:
		break;
	}
	return facts;
}

bool IsComposite(const struct btf *btf, uint32_t type)
{
	const struct btf_type *t = btf__type_by_id(btf, type);
	return type != 0 && t != nullptr && btf_is_composite(t);
}

uint32_t PointedTo(const struct btf *btf, uint32_t type)
{
	const struct btf_type *t = btf__type_by_id(btf, ResolveType(btf, type));
	if (t == nullptr || !btf_is_ptr(t))
		return 0;
	return ResolveType(btf, t->type);
}

MemberFacts MemberAt(const struct btf *btf, uint32_t composite, uint32_t index)
{
	const struct btf_type *t = btf__type_by_id(btf, composite);
	const struct btf_member *member = btf_members(t) + index;
	MemberFacts facts = {member->type, btf_member_bit_offset(t, index),
			     btf_member_bitfield_size(t, index)};
	// Before kernel 4.20's BTF the int type itself says how many of its bits are used.
	const struct btf_type *of = btf__type_by_id(btf, ResolveType(btf, member->type));
	if (!btf_kflag(t) && of != nullptr && btf_is_int(of) && btf_int_bits(of) != of->size * 8) {
		facts.offset_bits += btf_int_offset(of);
		facts.bitfield_size = btf_int_bits(of);
	}
	return facts;
}

std::optional<MemberFacts> FindMember(const struct btf *btf, uint32_t composite, const char *name)
{
	const struct btf_type *t = btf__type_by_id(btf, composite);
	const struct btf_member *member = btf_members(t);
	for (uint32_t index = 0; index < btf_vlen(t); index++, member++) {
		const char *own = Name(btf, member->name_off);
		if (strcmp(own, name) == 0)
			return MemberAt(btf, composite, index);
		uint32_t inner = ResolveType(btf, member->type);
		if (own[0] != '\0' || !IsComposite(btf, inner))
			continue;
		std::optional<MemberFacts> found = FindMember(btf, inner, name);
		if (found) {
			found->offset_bits += btf_member_bit_offset(t, index);
			return found;
		}
	}
	return std::nullopt;
}

Unit UnitOf(const MemberFacts &member, uint64_t type_size)
{
	if (member.bitfield_size == 0 || type_size == 0)
		return {member.offset_bits / 8, 0, type_size};
	uint64_t bits = type_size * 8;
	uint64_t start = member.offset_bits / bits * bits;
	if (member.offset_bits - start + member.bitfield_size > bits) {
		start = member.offset_bits / 8 * 8;
		while (member.offset_bits - start + member.bitfield_size > bits && bits < 64)
			bits *= 2;
	}
	return {start / 8, static_cast<uint32_t>(member.offset_bits - start), bits / 8};
}
