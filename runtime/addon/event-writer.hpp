// EventWriter: a thread that packs, compresses and writes batches while JavaScript goes on.
#pragma once
#include "addon.hpp"
#include "drain.hpp"
#include "event-block.hpp"
#include "event-output.hpp"
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

class EventWriter : public Napi::ObjectWrap<EventWriter>, public BatchTap
{
      public:
	static void Init(Napi::Env env, Napi::Object exports);
	explicit EventWriter(const Napi::CallbackInfo &info);
	~EventWriter() override;

	// On the drain's thread: waits while too much is waiting.
	void TakeBatch(const uint8_t *data, size_t length, bool pressed) override;
	void TakeTick(uint32_t index, uint64_t time) override;

      private:
	struct Job {
		enum Kind { BATCH, TAPPED, TICK } kind = BATCH;
		const uint8_t *data = nullptr;
		size_t length = 0;
		bool all = true;
		std::vector<uint8_t> chosen; // a bit for each frame
		std::vector<uint8_t> table;
		std::vector<uint8_t> owned; // of a tapped batch
		uint32_t token = 0;
		uint32_t index = 0;
		uint64_t time = 0;
		uint32_t records = 0; // stored
		Napi::ObjectReference keep;
	};

	Napi::Value Enqueue(const Napi::CallbackInfo &info);
	Napi::Value Tick(const Napi::CallbackInfo &info);
	Napi::Value Close(const Napi::CallbackInfo &info);
	Napi::Value State(const Napi::CallbackInfo &info);

	static void OnTeardown(void *writer);
	static void OnMessage(napi_env env, napi_value callback, void *writer, void *job);
	static void OnEnd(napi_env env, void *writer, void *hint);

	void Run();
	void Push(Job *job);
	void Take(Job &job);
	bool AddBatch(Job &job);
	void Flush();
	void Report();
	bool Pressed();

	std::unique_ptr<event_file::BlockBuilder> block_;
	std::unique_ptr<event_file::Output> output_;
	size_t capacity_ = 0; // bytes that may wait; when half of it does, nothing is compressed
	uint64_t block_began_ = 0;
	Napi::ObjectReference counters_;
	std::thread thread_;
	napi_threadsafe_function function_ = nullptr;
	std::unique_ptr<Napi::Promise::Deferred> closed_;
	Napi::ObjectReference promise_;
	bool ended_ = false;
	bool reported_ = false;

	std::mutex mutex_;
	std::condition_variable work_;
	std::deque<Job *> jobs_;
	std::condition_variable room_;
	size_t queued_bytes_ = 0;
	bool pressed_ = false;
	bool closing_ = false;
	std::atomic<bool> abandoned_{false};

	// Seen by JavaScript at any time.
	event_file::Problem problem_; // under mutex_
	std::atomic<uint64_t> bytes_{0};
	std::atomic<uint64_t> records_{0};
	std::atomic<uint32_t> files_{1};
	std::atomic<uint64_t> plain_blocks_{0};
	std::atomic<uint64_t> blocks_{0};
	std::atomic<uint64_t> lost_{0};
};
