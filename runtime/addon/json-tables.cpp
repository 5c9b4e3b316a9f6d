// Copies the tables out of JavaScript and checks what would make the decoder write beside a frame.
#include "json-tables.hpp"
#include <cstring>

static uint32_t Number(Napi::Object from, const char *name)
{
	return from.Get(name).As<Napi::Number>().Uint32Value();
}

static bool Truth(Napi::Object from, const char *name)
{
	return from.Get(name).As<Napi::Boolean>().Value();
}

static std::string Text(Napi::Object from, const char *name)
{
	return from.Get(name).As<Napi::String>().Utf8Value();
}

static Napi::Object Object(Napi::Object from, const char *name)
{
	return from.Get(name).As<Napi::Object>();
}

static uint64_t Mask(Napi::Object from, const char *name)
{
	bool lossless;
	return from.Get(name).As<Napi::BigInt>().Uint64Value(&lossless);
}

template <typename Visit> static void ForEach(Napi::Object from, const char *name, Visit visit)
{
	auto list = from.Get(name).As<Napi::Array>();
	for (uint32_t i = 0; i < list.Length(); i++)
		visit(list.Get(i).As<Napi::Object>());
}

static JsonPlace Place(Napi::Object from)
{
	return {Number(from, "offset"), Number(from, "size")};
}

// In the order of JsonKind.
static const char *const kKinds[] = {
	"integer",	"boolean",     "chars",		 "interned",	 "symbol",
	"names",	"address",     "words",		 "packet-bytes", "stack",
	"probe-symbol", "probe-type",  "drop-subsystem", "drop-reason",	 "literal",
	"empty-text",	"empty-texts", "object",	 "extra",
};
static const char *const kFinishes[] = {"none", "common", "kernel", "drop", "packet", "user"};

template <typename Enum, size_t N>
static Enum Find(Napi::Object from, const char *name, const char *const (&names)[N])
{
	std::string wanted = Text(from, name);
	for (size_t i = 0; i < N; i++)
		if (wanted == names[i])
			return static_cast<Enum>(i);
	throw Napi::TypeError::New(from.Env(), "unknown " + std::string(name) + " " + wanted);
}

static JsonMember Member(Napi::Object from)
{
	JsonMember member = {};
	member.key = Text(from, "key");
	member.quoted = '"' + member.key + "\":";
	member.kind = Find<JsonKind>(from, "kind", kKinds);
	member.at = Place(Object(from, "at"));
	member.beside = Place(Object(from, "beside"));
	Napi::Object has = Object(from, "has");
	member.has = Place(has);
	member.has_mask = Number(has, "mask");
	member.unset = Truth(has, "unset");
	member.is_signed = Truth(from, "signed");
	member.nonzero = Truth(from, "nonzero");
	member.agree = Truth(from, "agree");
	member.required = Truth(from, "required");
	member.moved = Truth(from, "moved");
	member.bits = static_cast<uint8_t>(Number(from, "bits"));
	member.shift = static_cast<uint8_t>(Number(from, "shift"));
	member.tag = static_cast<int8_t>(from.Get("tag").As<Napi::Number>().Int32Value());
	member.child = static_cast<int16_t>(from.Get("child").As<Napi::Number>().Int32Value());
	member.literal = Text(from, "literal");
	auto names = from.Get("names").As<Napi::Array>();
	for (uint32_t i = 0; i < names.Length(); i++) {
		auto pair = names.Get(i).As<Napi::Array>();
		member.names.emplace_back(pair.Get(0u).As<Napi::String>().Utf8Value(),
					  pair.Get(1u).As<Napi::Number>().Uint32Value());
	}
	return member;
}

// Once the member stands where it will stay.
static void PrepareKey(JsonMember &member)
{
	size_t size = member.quoted.size();
	size_t head = size < 8 ? size : 8;
	memcpy(&member.head, member.quoted.data(), head);
	member.head_mask = head == 8 ? UINT64_MAX : (1ull << head * 8) - 1;
	member.rest = member.quoted.data() + head;
	member.rest_size = static_cast<uint32_t>(size - head);
	member.quoted_size = static_cast<uint32_t>(size);
}

static JsonObject Table(Napi::Object from)
{
	JsonObject object = {};
	object.key = Text(from, "key");
	object.parent = static_cast<uint16_t>(Number(from, "parent"));
	object.present = Number(from, "present");
	object.section = Truth(from, "section");
	object.finish = Find<JsonFinish>(from, "finish", kFinishes);
	object.check = Place(Object(from, "check"));
	object.choose = Place(Object(from, "choose"));
	object.choose_value = Number(Object(from, "choose"), "value");
	ForEach(from, "members", [&](Napi::Object member) {
		object.members.push_back(Member(member));
		const JsonMember &made = object.members.back();
		if (made.required)
			object.required |= 1ull << (object.members.size() - 1);
		object.has_moved = object.has_moved || made.moved;
	});
	ForEach(from, "cases", [&](Napi::Object one) {
		auto tags = one.Get("tags").As<Napi::Array>();
		object.cases.push_back({{tags.Get(0u).As<Napi::Number>().Int64Value(),
					 tags.Get(1u).As<Napi::Number>().Int64Value()},
					Mask(one, "required"),
					Mask(one, "allowed")});
	});
	return object;
}

static void Check(Napi::Env env, const JsonTables &tables)
{
	auto fits = [&](const JsonPlace &place) {
		return place.offset + place.size <= tables.fixed;
	};
	for (const JsonObject &object : tables.objects) {
		bool sound = object.parent < tables.objects.size() && object.members.size() <= 64 &&
			     fits(object.check) && fits(object.choose);
		for (const JsonMember &member : object.members) {
			bool whole = member.child < 0 ||
				     static_cast<size_t>(member.child) < tables.objects.size();
			sound = sound && whole && fits(member.at) && fits(member.beside) &&
				fits(member.has) && member.tag < 2;
		}
		if (!sound)
			throw Napi::RangeError::New(env, "tables that reach beyond the frame");
	}
}

JsonTables::JsonTables(Napi::Object from)
{
	fixed = Number(from, "fixed");
	snap = Number(from, "snap");
	Napi::Object in = Object(from, "header");
	header = {Number(in, "size"), Number(in, "slot"), Number(in, "flags"),
		  Number(in, "present")};
	in = Object(from, "packet");
	packet = {Number(in, "captured"), Number(in, "window"), Number(in, "start")};
	in = Object(from, "stack");
	stack = {Number(in, "depth"), Number(in, "id"), Number(in, "present")};
	in = Object(from, "user");
	user = {Number(in, "symbol"), Number(in, "path")};
	in = Object(from, "extra");
	extra = {Number(in, "json"), Number(in, "present")};
	ForEach(from, "objects", [this](Napi::Object object) { objects.push_back(Table(object)); });
	for (JsonObject &object : objects)
		for (JsonMember &member : object.members)
			PrepareKey(member);
	Check(from.Env(), *this);
}
