#include "btf-index.hpp"
#include <functional>
extern "C" {
#include <bpf/btf.h>
}

std::optional<BtfIndex::Space> BtfIndex::SpaceOf(uint32_t kind)
{
	switch (kind) {
	case BTF_KIND_STRUCT:
		return StructSpace;
	case BTF_KIND_UNION:
		return UnionSpace;
	case BTF_KIND_TYPEDEF:
		return TypedefSpace;
	case BTF_KIND_FUNC:
		return FunctionSpace;
	case BTF_KIND_VAR:
		return VariableSpace;
	default:
		return std::nullopt;
	}
}

static std::optional<BtfIndex::Space> SpaceOf(const struct btf_type *type)
{
	if (!btf_is_any_enum(type))
		return BtfIndex::SpaceOf(btf_kind(type));
	// Without values it is only a forward declaration.
	if (btf_vlen(type) == 0)
		return std::nullopt;
	return BtfIndex::EnumSpace;
}

BtfIndex::BtfIndex(const struct btf *btf, uint32_t first) : btf_(btf)
{
	uint32_t count = btf__type_cnt(btf);
	size_t size = 16;
	// At most half full, were each type to have a name.
	while (size < 2 * static_cast<size_t>(count - first))
		size *= 2;
	places_.resize(size);
	for (uint32_t id = first; id < count; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		std::optional<Space> space = ::SpaceOf(type);
		if (!space || type->name_off == 0)
			continue;
		enum_signs_ |= *space == EnumSpace && btf_kflag(type);
		size_t place = Start(*space, btf__name_by_offset(btf, type->name_off));
		while (places_[place] != 0)
			place = (place + 1) & (size - 1);
		places_[place] = id;
	}
}

uint32_t BtfIndex::Find(Space space, std::string_view name) const
{
	size_t place = Start(space, name);
	for (; places_[place] != 0; place = (place + 1) & (places_.size() - 1)) {
		const struct btf_type *type = btf__type_by_id(btf_, places_[place]);
		if (::SpaceOf(type) == space && name == btf__name_by_offset(btf_, type->name_off))
			return places_[place];
	}
	return 0;
}

size_t BtfIndex::Start(Space space, std::string_view name) const
{
	return (std::hash<std::string_view>()(name) + space) & (places_.size() - 1);
}
