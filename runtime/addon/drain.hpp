// Drain: a thread that moves records from a ring buffer map into batches given by JavaScript.
#pragma once
#include "addon.hpp"
#include "ring.hpp"
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

// Gets every batch before JavaScript does, and those too that JavaScript has no memory free for.
class BatchTap
{
      public:
	virtual ~BatchTap() = default;
	// `pressed`: the ring is over half full.
	virtual void TakeBatch(const uint8_t *data, size_t length, bool pressed) = 0;
	virtual void TakeTick(uint32_t index, uint64_t time) = 0;
};

class Drain : public Napi::ObjectWrap<Drain>
{
      public:
	static void Init(Napi::Env env, Napi::Object exports);
	explicit Drain(const Napi::CallbackInfo &info);
	~Drain() override;

      private:
	// Belongs to the thread while it fills it, then to JavaScript until release(index).
	struct Batch {
		uint8_t *data;
		size_t capacity;
		size_t bytes;
		size_t records;
		Napi::ObjectReference keep;
	};

	struct Tick {
		uint32_t index;
		uint64_t time;
	};

	Napi::Value Release(const Napi::CallbackInfo &info);
	Napi::Value Tap(const Napi::CallbackInfo &info);
	Napi::Value PutTick(const Napi::CallbackInfo &info);
	Napi::Value Stop(const Napi::CallbackInfo &info);
	Napi::Value Counters(const Napi::CallbackInfo &info);

	static void OnTeardown(void *drain);
	static void OnBatch(napi_env env, napi_value callback, void *drain, void *batch);
	static void OnEnd(napi_env env, void *drain, void *hint);

	void Run();
	void Empty(uint64_t until);
	void Rest();
	bool TakeBatch();
	void HandOver();
	void HandOverTicks();
	bool HalfFull() const;
	void Wake();

	Ring ring_;
	int event_fd_ = -1;
	std::vector<std::unique_ptr<Batch>> batches_;
	Batch *batch_ = nullptr;
	size_t ring_bytes_ = 0;
	std::atomic<BatchTap *> tap_{nullptr};
	Napi::ObjectReference tap_keep_;
	// Filled for the tap alone while JavaScript has all others.
	Batch spare_{};
	std::vector<uint8_t> spare_memory_;
	Batch tick_{};
	std::vector<Tick> ticks_; // under mutex_
	std::atomic<bool> ticking_{false};
	std::thread thread_;
	napi_threadsafe_function function_ = nullptr;
	std::unique_ptr<Napi::Promise::Deferred> stopped_;
	Napi::ObjectReference promise_;
	bool ended_ = false;

	std::mutex mutex_;
	std::condition_variable freed_;
	std::vector<Batch *> free_;
	std::atomic<bool> stopping_{false};
	// The environment goes away: nobody will release a batch or hear of one.
	std::atomic<bool> abandoned_{false};

	std::atomic<uint64_t> records_{0};
	std::atomic<uint64_t> bytes_{0};
	std::atomic<uint64_t> handed_over_{0};
	std::atomic<uint64_t> wakeups_{0};
	std::atomic<uint64_t> waits_{0};
	std::atomic<uint64_t> oversized_{0};
	std::atomic<uint64_t> skipped_{0};
};
