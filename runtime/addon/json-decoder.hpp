// A file of events as JSON lines, taken chunk by chunk: class JsonDecoder of the addon.
#pragma once
#include "json-event.hpp"
#include <napi.h>
#include <memory>
#include <vector>

class JsonDecoder : public Napi::ObjectWrap<JsonDecoder>
{
      public:
	static void Init(Napi::Env env, Napi::Object exports);
	explicit JsonDecoder(const Napi::CallbackInfo &info);

      private:
	// Where in a line the input stands.
	enum class Phase { kLine, kFirstOfSeries, kNextOfSeries, kAfterOfSeries, kLineEnd, kSkip };
	// What the output has room for, and what became of it.
	struct Output {
		uint8_t *bytes;
		size_t room;
		size_t produced;
		size_t records;
		// Where each event stands in the input, from its start on; null: nobody asks.
		uint32_t *places;
		size_t places_room;
		const uint8_t *input;
	};

	Napi::Value Decode(const Napi::CallbackInfo &info);
	Napi::Value Restart(const Napi::CallbackInfo &info);
	Napi::Value Text(const Napi::CallbackInfo &info);
	Napi::Value Stack(const Napi::CallbackInfo &info);
	Napi::Value Reason(const Napi::CallbackInfo &info);
	Napi::Value Probes(const Napi::CallbackInfo &info);

	void Run(JsonCursor &cursor, bool last, Output &output);
	// False: no more can be done with this input or output.
	bool Step(JsonCursor &cursor, bool last, Output &output);
	bool Event(JsonCursor &cursor, bool last, Output &output);
	bool SkipLine(JsonCursor &cursor, const uint8_t *from, const uint8_t *at,
		      std::string reason);

	std::unique_ptr<JsonTables> tables_;
	std::unique_ptr<JsonEvent> event_;
	JsonNames names_;
	size_t max_event_;
	Phase phase_ = Phase::kLine;
	bool in_series_ = false;
	bool series_begins_ = false;
	bool sorted_ = false;
	std::vector<JsonProblem> problems_;
};
