// The Btf class: names looked up in an index, answers as JavaScript objects.
#include "btf.hpp"
#include "kernel-btf.hpp"
#include <cerrno>
#include <cstring>
#include <map>
extern "C" {
#include <bpf/btf.h>
#include <bpf/libbpf.h>
}

static const char tracepoint_typedef[] = "btf_trace_";
// Iterates over a tracepoint's probes with its arguments, named; they exist since 5.10.
static const char tracepoint_function[] = "__traceiter_";
static const std::string nullable_suffix = "__nullable";

void Btf::Init(Napi::Env env, Napi::Object exports)
{
	exports.Set(
		"Btf",
		DefineClass(
			env, "Btf",
			{
				InstanceMethod<&Btf::Struct>("struct"),
				InstanceMethod<&Btf::Member>("member"),
				InstanceMethod<&Btf::EnumValues>("enumValues"),
				InstanceMethod<&Btf::FunctionParameters>("functionParameters"),
				InstanceMethod<&Btf::FunctionReturn>("functionReturn"),
				InstanceMethod<&Btf::TracepointParameters>("tracepointParameters"),
				InstanceMethod<&Btf::Tracepoints>("tracepoints"),
				InstanceMethod<&Btf::Has>("has"),
				InstanceMethod<&Btf::VariableReadable>("variableReadable"),
			}));
}

// new Btf(path, base?)
Btf::Btf(const Napi::CallbackInfo &info) : ObjectWrap(info)
{
	std::string path = StringAt(info, 0);
	LibbpfLog log;
	if (info[1].IsObject()) {
		keep_base_ = Napi::Persistent(info[1].As<Napi::Object>());
		base_ = Unwrap(info[1].As<Napi::Object>());
		btf_ = btf__parse_split(path.c_str(), base_->btf_);
	} else {
		btf_ = IsKernelBtf(path) ? KernelBtf() : btf__parse(path.c_str(), nullptr);
	}
	if (btf_ == nullptr)
		ThrowBpfError(info.Env(), "btf", errno, path, &log);
}

Btf::~Btf()
{
	btf__free(btf_);
}

uint32_t Btf::FirstOwnType() const
{
	return base_ == nullptr ? 1 : btf__type_cnt(base_->btf_);
}

// The kernel's was made beside everything else.
const BtfIndex &Btf::Index()
{
	if (index_ == nullptr)
		index_ = btf_ == KernelBtf()
				 ? KernelBtfIndex()
				 : std::make_shared<const BtfIndex>(btf_, FirstOwnType());
	return *index_;
}

uint32_t Btf::Find(Space space, const std::string &name)
{
	uint32_t found = Index().Find(space, name);
	return found != 0 || base_ == nullptr ? found : base_->Find(space, name);
}

bool Btf::EnumSigns()
{
	return Index().EnumSigns() || (base_ != nullptr && base_->EnumSigns());
}

// A forward declaration stands for the type of its name.
uint32_t Btf::Complete(uint32_t type)
{
	const struct btf_type *t = btf__type_by_id(btf_, type);
	if (t == nullptr || !btf_is_fwd(t))
		return type;
	return FindComposite(btf__name_by_offset(btf_, t->name_off));
}

uint32_t Btf::FindComposite(const std::string &name)
{
	uint32_t id = Find(BtfIndex::StructSpace, name);
	return id != 0 ? id : Find(BtfIndex::UnionSpace, name);
}

uint32_t Btf::Prototype(uint32_t type) const
{
	const struct btf_type *t = btf__type_by_id(btf_, ResolveType(btf_, type));
	if (t != nullptr && (btf_is_ptr(t) || btf_is_func(t))) {
		type = t->type;
		t = btf__type_by_id(btf_, type);
	}
	return t != nullptr && btf_is_func_proto(t) ? type : 0;
}

static Napi::Value TextOrNull(Napi::Env env, const std::string &text)
{
	if (text.empty())
		return env.Null();
	return Napi::String::New(env, text);
}

Napi::Object Btf::Facts(Napi::Env env, const TypeFacts &facts) const
{
	Napi::Object object = Napi::Object::New(env);
	object.Set("typeName", facts.name);
	object.Set("kind", facts.kind);
	object.Set("size", static_cast<double>(facts.size));
	object.Set("signed", facts.is_signed);
	object.Set("target", TextOrNull(env, facts.target));
	object.Set("elements", facts.elements);
	return object;
}

Napi::Value Btf::Struct(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	uint32_t id = FindComposite(StringAt(info, 0));
	if (id == 0)
		return env.Null();
	const struct btf_type *type = btf__type_by_id(btf_, id);
	Napi::Array members = Napi::Array::New(env);
	for (uint32_t index = 0; index < btf_vlen(type); index++) {
		MemberFacts member = MemberAt(btf_, id, index);
		Napi::Object object = Facts(env, DescribeType(btf_, member.type));
		object.Set("name",
			   TextOrNull(env, btf__name_by_offset(btf_,
							       btf_members(type)[index].name_off)));
		object.Set("offsetBits", static_cast<double>(member.offset_bits));
		object.Set("bitfieldSize", member.bitfield_size);
		members.Set(index, object);
	}
	Napi::Object result = Napi::Object::New(env);
	result.Set("size", type->size);
	result.Set("members", members);
	return result;
}

// Members of members add up to one offset; a pointer on the way starts a new one.
Napi::Value Btf::Member(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Array path = info[1].As<Napi::Array>();
	uint32_t composite = FindComposite(StringAt(info, 0));
	if (composite == 0 || path.Length() == 0)
		return env.Null();
	Napi::Array steps = Napi::Array::New(env);
	MemberFacts last = {0, 0, 0};
	for (uint32_t index = 0; index < path.Length(); index++) {
		if (index > 0) {
			composite = ResolveType(btf_, last.type);
			if (uint32_t target = PointedTo(btf_, last.type)) {
				steps.Set(steps.Length(),
					  static_cast<double>(last.offset_bits / 8));
				composite = Complete(target);
				last.offset_bits = 0;
			}
		}
		if (!IsComposite(btf_, composite))
			return env.Null();
		std::string name = path.Get(index).As<Napi::String>();
		std::optional<MemberFacts> found = FindMember(btf_, composite, name.c_str());
		if (!found || name.empty())
			return env.Null();
		last = {found->type, last.offset_bits + found->offset_bits, found->bitfield_size};
	}
	TypeFacts facts = DescribeType(btf_, last.type);
	Unit unit = UnitOf(last, facts.size);
	facts.size = unit.size;
	Napi::Object object = Facts(env, facts);
	object.Set("byteOffset", static_cast<double>(unit.byte_offset));
	object.Set("bitOffset", unit.bit_offset);
	object.Set("bitSize", last.bitfield_size);
	Napi::Object result = Napi::Object::New(env);
	result.Set("steps", steps);
	result.Set("last", object);
	return result;
}

static Napi::Value Integer(Napi::Env env, int64_t value, bool is_signed)
{
	const int64_t exact = int64_t{1} << 53;
	if (is_signed ? value >= -exact && value <= exact : static_cast<uint64_t>(value) <= exact)
		return Napi::Number::New(env, static_cast<double>(value));
	if (is_signed)
		return Napi::BigInt::New(env, value);
	return Napi::BigInt::New(env, static_cast<uint64_t>(value));
}

Napi::Value Btf::EnumValues(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	uint32_t id = Find(BtfIndex::EnumSpace, StringAt(info, 0));
	if (id == 0)
		return env.Null();
	const struct btf_type *type = btf__type_by_id(btf_, id);
	// Before pahole 1.24 no enum is marked signed: a value
	// with the top bit set is then a negative one.
	bool is_signed = btf_kflag(type);
	Napi::Array values = Napi::Array::New(env);
	for (uint32_t index = 0; index < btf_vlen(type); index++) {
		Napi::Object entry = Napi::Object::New(env);
		if (btf_is_enum64(type)) {
			const struct btf_enum64 *value = btf_enum64(type) + index;
			entry.Set("name", btf__name_by_offset(btf_, value->name_off));
			entry.Set("value",
				  Integer(env, static_cast<int64_t>(btf_enum64_value(value)),
					  is_signed));
		} else {
			const struct btf_enum *value = btf_enum(type) + index;
			entry.Set("name", btf__name_by_offset(btf_, value->name_off));
			int64_t number = value->val;
			if (!is_signed)
				number = static_cast<uint32_t>(value->val);
			entry.Set("value", Integer(env, number, is_signed));
		}
		values.Set(index, entry);
	}
	return values;
}

Napi::Array Btf::Parameters(Napi::Env env, uint32_t prototype, uint32_t skip) const
{
	Napi::Array result = Napi::Array::New(env);
	const struct btf_type *type = btf__type_by_id(btf_, prototype);
	const struct btf_param *parameter = btf_params(type);
	for (uint32_t index = skip; index < btf_vlen(type); index++) {
		// Variable arguments end the list with neither name nor type.
		if (parameter[index].type == 0)
			break;
		std::string name = btf__name_by_offset(btf_, parameter[index].name_off);
		bool nullable = name.size() > nullable_suffix.size() &&
				name.compare(name.size() - nullable_suffix.size(),
					     std::string::npos, nullable_suffix) == 0;
		if (nullable)
			name.resize(name.size() - nullable_suffix.size());
		Napi::Object object = Facts(env, DescribeType(btf_, parameter[index].type));
		object.Set("name", TextOrNull(env, name));
		object.Set("nullable", nullable);
		result.Set(result.Length(), object);
	}
	return result;
}

Napi::Value Btf::FunctionParameters(const Napi::CallbackInfo &info)
{
	uint32_t prototype = Prototype(Find(BtfIndex::FunctionSpace, StringAt(info, 0)));
	if (prototype == 0)
		return info.Env().Null();
	return Parameters(info.Env(), prototype, 0);
}

Napi::Value Btf::FunctionReturn(const Napi::CallbackInfo &info)
{
	uint32_t prototype = Prototype(Find(BtfIndex::FunctionSpace, StringAt(info, 0)));
	if (prototype == 0)
		return info.Env().Null();
	return Facts(info.Env(), DescribeType(btf_, btf__type_by_id(btf_, prototype)->type));
}

Napi::Value Btf::TracepointParameters(const Napi::CallbackInfo &info)
{
	std::string name = StringAt(info, 0);
	uint32_t type = Find(BtfIndex::TypedefSpace, tracepoint_typedef + name);
	if (type == 0)
		return info.Env().Null();
	uint32_t prototype = Prototype(Find(BtfIndex::FunctionSpace, tracepoint_function + name));
	if (prototype == 0)
		prototype = Prototype(type);
	if (prototype == 0)
		return info.Env().Null();
	return Parameters(info.Env(), prototype, 1);
}

// Those of this file only, in its order.
Napi::Value Btf::Tracepoints(const Napi::CallbackInfo &info)
{
	Napi::Array names = Napi::Array::New(info.Env());
	const size_t prefix = sizeof(tracepoint_typedef) - 1;
	uint32_t count = btf__type_cnt(btf_);
	for (uint32_t id = FirstOwnType(); id < count; id++) {
		const struct btf_type *type = btf__type_by_id(btf_, id);
		if (!btf_is_typedef(type))
			continue;
		const char *name = btf__name_by_offset(btf_, type->name_off);
		if (strncmp(name, tracepoint_typedef, prefix) == 0)
			names.Set(names.Length(), name + prefix);
	}
	return names;
}

Napi::Value Btf::Has(const Napi::CallbackInfo &info)
{
	static const std::map<std::string, Space> spaces = {
		{"struct", BtfIndex::StructSpace},     {"union", BtfIndex::UnionSpace},
		{"enum", BtfIndex::EnumSpace},	       {"typedef", BtfIndex::TypedefSpace},
		{"function", BtfIndex::FunctionSpace},
	};
	auto space = spaces.find(StringAt(info, 0));
	bool found = space != spaces.end() && Find(space->second, StringAt(info, 1)) != 0;
	return Napi::Boolean::New(info.Env(), found);
}
