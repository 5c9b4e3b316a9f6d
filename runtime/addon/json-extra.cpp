// What stands beside the frame: members that it has no place for, joined into one JSON object; and
// what is said of a section that did not fit.
#include "json-event.hpp"

// `ct.orig.ip.src is missing`
std::string JsonEvent::Describe(const Section &section) const
{
	std::string path;
	for (const JsonObject *object = section.object; !object->key.empty();
	     object = &tables_.objects[object->parent])
		path.insert(0, object->key + (path.empty() ? "" : "."));
	if (section.member != nullptr)
		path += (path.empty() ? "" : ".") + section.member->key;
	return "`" + path + "` " + section.wrong;
}

void JsonEvent::AssembleExtra()
{
	std::vector<bool> dirty(tables_.objects.size());
	for (const Extra &extra : extras_)
		for (uint16_t object = extra.object; !dirty[object];
		     object = tables_.objects[object].parent)
			dirty[object] = true;
	json_.clear();
	EmitExtra(0, dirty);
	uint32_t id = names_.Passing(json_);
	if (id == 0)
		return;
	Put({tables_.extra.json, 4}, id);
	present_ |= tables_.extra.present;
}

void JsonEvent::EmitExtra(uint16_t object, const std::vector<bool> &dirty)
{
	json_ += '{';
	bool first = true;
	auto comma = [&]() {
		if (!first)
			json_ += ',';
		first = false;
	};
	for (const Extra &extra : extras_) {
		if (extra.object != object)
			continue;
		comma();
		bool quoted = !extra.key.empty() && extra.key.front() == '"';
		if (!quoted)
			json_ += '"';
		json_ += extra.key;
		json_ += quoted ? ":" : "\":";
		json_ += extra.value;
	}
	for (size_t child = 1; child < tables_.objects.size(); child++) {
		if (!dirty[child] || tables_.objects[child].parent != object)
			continue;
		comma();
		json_ += '"' + tables_.objects[child].key + "\":";
		EmitExtra(static_cast<uint16_t>(child), dirty);
	}
	json_ += '}';
}
