// Lines -> events -> frames. An event that the chunk cuts off is left for the next call; what is
// damaged is skipped to the end of its line.
#include "json-decoder.hpp"
#include "addon.hpp"
#include <cstring>

// A batch ends before texts that only it refers to take more.
constexpr size_t kBatchTexts = 16 << 20;
// Problems told of one call; the others are counted.
constexpr size_t kMaxProblems = 100;
constexpr uint16_t kFrameSeries = 1 << 2;

void JsonDecoder::Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("JsonDecoder",
		    DefineClass(env, "JsonDecoder",
				{
					InstanceMethod("decode", &JsonDecoder::Decode),
					InstanceMethod("restart", &JsonDecoder::Restart),
					InstanceMethod("text", &JsonDecoder::Text),
					InstanceMethod("stack", &JsonDecoder::Stack),
					InstanceMethod("reason", &JsonDecoder::Reason),
					InstanceMethod("probes", &JsonDecoder::Probes),
				}));
}

// new JsonDecoder(tables, maxEvent, reasons, subsystems): the last two are lists of [text, number].
JsonDecoder::JsonDecoder(const Napi::CallbackInfo &info)
    : Napi::ObjectWrap<JsonDecoder>(info),
      tables_(std::make_unique<JsonTables>(info[0].As<Napi::Object>())),
      event_(std::make_unique<JsonEvent>(*tables_, names_)),
      max_event_(info[1].As<Napi::Number>().Uint32Value())
{
	auto each = [](Napi::Value list, auto add) {
		auto pairs = list.As<Napi::Array>();
		for (uint32_t i = 0; i < pairs.Length(); i++) {
			auto pair = pairs.Get(i).As<Napi::Array>();
			add(pair.Get(0u).As<Napi::String>().Utf8Value(),
			    pair.Get(1u).As<Napi::Number>().Uint32Value());
		}
	};
	each(info[2],
	     [this](const std::string &text, uint32_t value) { names_.AddReason(text, value); });
	each(info[3], [this](const std::string &name, uint32_t number) {
		names_.AddSubsystem(name, number);
	});
}

// restart(tables): for the next file; null: of the same version.
Napi::Value JsonDecoder::Restart(const Napi::CallbackInfo &info)
{
	phase_ = Phase::kLine;
	in_series_ = false;
	if (info[0].IsNull())
		return info.Env().Undefined();
	tables_ = std::make_unique<JsonTables>(info[0].As<Napi::Object>());
	event_ = std::make_unique<JsonEvent>(*tables_, names_);
	return info.Env().Undefined();
}

bool JsonDecoder::SkipLine(JsonCursor &cursor, const uint8_t *from, const uint8_t *at,
			   std::string reason)
{
	problems_.push_back({at, std::move(reason)});
	phase_ = Phase::kSkip;
	in_series_ = false;
	cursor.at = from;
	return true;
}

bool JsonDecoder::Event(JsonCursor &cursor, bool last, Output &output)
{
	if (output.room - output.produced < tables_->fixed + tables_->snap + 8 ||
	    names_.BatchBytes() > kBatchTexts)
		return false;
	const uint8_t *start = cursor.at;
	if (*start != '{')
		return SkipLine(cursor, start, start, "an event is an object");
	bool begins = in_series_ ? series_begins_ : sorted_;
	size_t size = 0;
	switch (event_->Decode(cursor, output.bytes + output.produced, begins ? kFrameSeries : 0,
			       size, problems_)) {
	case JsonEvent::Result::kMalformed:
		if (cursor.Ended() && !last) {
			if (static_cast<size_t>(cursor.end - start) >= max_event_)
				return SkipLine(cursor, start, start,
						"an event of more than " +
							std::to_string(max_event_) + " bytes");
			cursor.at = start;
			return false;
		}
		return SkipLine(cursor, start, cursor.at,
				cursor.Ended() ? "the file ends within an event" : cursor.error);
	case JsonEvent::Result::kEvent:
		if (output.records < output.places_room)
			output.places[output.records] = static_cast<uint32_t>(start - output.input);
		output.produced += size;
		output.records++;
		series_begins_ = false;
		break;
	case JsonEvent::Result::kDropped:
		break;
	}
	phase_ = in_series_ ? Phase::kAfterOfSeries : Phase::kLineEnd;
	return true;
}

bool JsonDecoder::Step(JsonCursor &cursor, bool last, Output &output)
{
	if (phase_ == Phase::kSkip) {
		const void *feed =
			memchr(cursor.at, '\n', static_cast<size_t>(cursor.end - cursor.at));
		cursor.at = feed == nullptr ? cursor.end : static_cast<const uint8_t *>(feed) + 1;
		if (feed == nullptr)
			return false;
		phase_ = Phase::kLine;
		return true;
	}
	cursor.SkipSpace();
	if (cursor.Ended()) {
		if (last && in_series_)
			problems_.push_back({cursor.at, "the file ends within a series"});
		return false;
	}
	const uint8_t *at = cursor.at;
	switch (phase_) {
	case Phase::kLine:
		if (*at == '\n') {
			cursor.at++;
			return true;
		}
		in_series_ = *at == '[';
		if (!in_series_)
			return Event(cursor, last, output);
		sorted_ = true;
		series_begins_ = true;
		cursor.at++;
		phase_ = Phase::kFirstOfSeries;
		return true;
	case Phase::kFirstOfSeries:
		if (*at != ']')
			return Event(cursor, last, output);
		break;
	case Phase::kNextOfSeries:
		return Event(cursor, last, output);
	case Phase::kAfterOfSeries:
		if (*at == ',') {
			cursor.at++;
			phase_ = Phase::kNextOfSeries;
			return true;
		}
		if (*at != ']')
			return SkipLine(cursor, at, at, "expected `,` or `]`");
		break;
	case Phase::kLineEnd:
		if (*at != '\n')
			return SkipLine(cursor, at, at,
					"something stands behind the event on its line");
		cursor.at++;
		phase_ = Phase::kLine;
		return true;
	case Phase::kSkip:
		return true;
	}
	in_series_ = false;
	cursor.at++;
	phase_ = Phase::kLineEnd;
	return true;
}

void JsonDecoder::Run(JsonCursor &cursor, bool last, Output &output)
{
	while (problems_.size() < kMaxProblems && Step(cursor, last, output))
		;
}

// decode(input, from, to, last, output, batch, places): input[to] is written to, and 64 bytes
// behind it must be there.
Napi::Value JsonDecoder::Decode(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	auto input = info[0].As<Napi::Buffer<uint8_t>>();
	size_t from = info[1].As<Napi::Number>().Uint32Value();
	size_t to = info[2].As<Napi::Number>().Uint32Value();
	bool last = info[3].As<Napi::Boolean>();
	auto memory = info[4].As<Napi::Buffer<uint8_t>>();
	if (from > to || to + 64 > input.Length())
		throw Napi::RangeError::New(env, "the input lacks 64 spare bytes");
	names_.BeginBatch(info[5].As<Napi::Number>().Uint32Value());
	input.Data()[to] = 0;
	JsonCursor cursor;
	cursor.at = input.Data() + from;
	cursor.end = input.Data() + to;
	Output output = {memory.Data(), memory.Length(), 0, 0, nullptr, 0, cursor.at};
	if (info[6].IsTypedArray()) {
		auto places = info[6].As<Napi::Uint32Array>();
		output.places = places.Data();
		output.places_room = places.ElementLength();
	}
	problems_.clear();
	Run(cursor, last, output);
	Napi::Object result = Napi::Object::New(env);
	auto number = [&](size_t value) {
		return Napi::Number::New(env, static_cast<double>(value));
	};
	result.Set("consumed", number(static_cast<size_t>(cursor.at - input.Data()) - from));
	result.Set("produced", number(output.produced));
	result.Set("records", number(output.records));
	result.Set("sorted", Napi::Boolean::New(env, sorted_));
	result.Set("probes", number(names_.Probes().size()));
	Napi::Array problems = Napi::Array::New(env);
	for (const JsonProblem &problem : problems_) {
		Napi::Object one = Napi::Object::New(env);
		one.Set("offset", number(static_cast<size_t>(problem.at - input.Data()) - from));
		one.Set("reason", problem.reason);
		problems.Set(problems.Length(), one);
	}
	result.Set("problems", problems);
	return result;
}

static Napi::Value TextOrNull(Napi::Env env, std::string_view text)
{
	if (text.data() == nullptr)
		return env.Null();
	return Napi::String::New(env, text.data(), text.size());
}

Napi::Value JsonDecoder::Text(const Napi::CallbackInfo &info)
{
	return TextOrNull(info.Env(), names_.TextOf(info[0].As<Napi::Number>().Uint32Value()));
}

Napi::Value JsonDecoder::Stack(const Napi::CallbackInfo &info)
{
	return TextOrNull(info.Env(), names_.StackOf(info[0].As<Napi::Number>().Uint32Value()));
}

Napi::Value JsonDecoder::Reason(const Napi::CallbackInfo &info)
{
	return TextOrNull(info.Env(), names_.ReasonText(info[0].As<Napi::Number>().Uint32Value()));
}

// probes(from): those with a slot from there on, as {kind, name}.
Napi::Value JsonDecoder::Probes(const Napi::CallbackInfo &info)
{
	static const char *const kinds[] = {"tp", "kprobe", "kretprobe", "usdt"};
	Napi::Env env = info.Env();
	Napi::Array probes = Napi::Array::New(env);
	for (size_t i = info[0].As<Napi::Number>().Uint32Value(); i < names_.Probes().size(); i++) {
		const JsonProbe &probe = names_.Probes()[i];
		Napi::Object one = Napi::Object::New(env);
		one.Set("kind", kinds[probe.kind]);
		one.Set("name", probe.name);
		probes.Set(probes.Length(), one);
	}
	return probes;
}
