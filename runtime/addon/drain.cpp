// One native thread per ring: it sleeps in poll() while the ring is empty, lets records gather for
// a moment after a wake-up, and copies them back to back into whole batches.
#include "drain.hpp"
#include "event-writer.hpp"
#include "object.hpp"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>
extern "C" {
#include <bpf/libbpf.h>
}

// Gathering records for 1 ms costs a tenth of the wake-ups
// at 1 M records/s, for the traced path too.
static const struct timespec coalesce = {0, 1000000};
// Space goes back to the kernel after so much was read, not
// after each record: fewer shared cache lines.
static const uint64_t publish_every = 64 * 1024;
// How long a stopping drain waits for a program that has
// reserved a record but not yet committed it.
static const int busy_waits = 100;

void Drain::Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("Drain", DefineClass(env, "Drain",
					 {
						 InstanceMethod<&Drain::Release>("release"),
						 InstanceMethod<&Drain::Tap>("tap"),
						 InstanceMethod<&Drain::PutTick>("tick"),
						 InstanceMethod<&Drain::Stop>("stop"),
						 InstanceMethod<&Drain::Counters>("counters"),
					 }));
}

// new Drain(object, mapName, buffers, onBatch)
Drain::Drain(const Napi::CallbackInfo &info) : ObjectWrap(info)
{
	Napi::Env env = info.Env();
	BpfObject *object = BpfObject::Unwrap(info[0].As<Napi::Object>());
	std::string name = StringAt(info, 1);
	Napi::Array buffers = info[2].As<Napi::Array>();
	struct bpf_map *map = object->Map(env, "drain", name);
	if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF || buffers.Length() == 0)
		ThrowBpfError(env, "drain", EINVAL, name);
	for (uint32_t index = 0; index < buffers.Length(); index++) {
		auto buffer = buffers.Get(index).As<Napi::Buffer<uint8_t>>();
		batches_.emplace_back(new Batch{buffer.Data(), buffer.Length(), 0, 0,
						Napi::Persistent(buffer.As<Napi::Object>())});
		free_.push_back(batches_.back().get());
	}
	ring_bytes_ = bpf_map__max_entries(map);
	if (int error = ring_.Open(bpf_map__fd(map), ring_bytes_))
		ThrowBpfError(env, "drain", error, name);
	event_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event_fd_ < 0)
		ThrowBpfError(env, "drain", errno, name);
	napi_status status = napi_create_threadsafe_function(
		env, info[3], nullptr, Napi::String::New(env, "retis drain"), 0, 1, this, OnEnd,
		this, OnBatch, &function_);
	if (status != napi_ok) {
		close(event_fd_);
		ThrowBpfError(env, "drain", EINVAL, "onBatch");
	}
	napi_add_env_cleanup_hook(env, OnTeardown, this);
	Ref();

	// Signals are for the threads that expect them.
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	thread_ = std::thread([this] { Run(); });
	pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Drain::~Drain()
{
	if (thread_.joinable()) {
		abandoned_ = true;
		Wake();
		thread_.join();
	}
	if (event_fd_ >= 0)
		close(event_fd_);
}

void Drain::Wake()
{
	uint64_t one = 1;
	if (write(event_fd_, &one, sizeof(one)) < 0 && errno != EAGAIN)
		abort();
	std::lock_guard<std::mutex> lock(mutex_);
	freed_.notify_all();
}

void Drain::Run()
{
	struct pollfd sources[2] = {{ring_.Fd(), POLLIN, 0}, {event_fd_, POLLIN, 0}};
	while (!stopping_ && !abandoned_) {
		if (poll(sources, 2, -1) < 0 && errno != EINTR)
			break;
		wakeups_++;
		if (!stopping_)
			nanosleep(&coalesce, nullptr);
		Empty(UINT64_MAX);
		HandOverTicks();
	}
	Rest();
	HandOverTicks();
	napi_release_threadsafe_function(function_, napi_tsfn_release);
}

// What was in the ring when the drain was told to stop,
// completely; what comes later is not waited for.
void Drain::Rest()
{
	uint64_t until = ring_.Produced();
	for (int tries = 0; ring_.Position() < until && tries < busy_waits && !abandoned_;
	     tries++) {
		if (tries > 0)
			nanosleep(&coalesce, nullptr);
		Empty(until);
	}
}

// Moves records up to position `until`, or until none is ready.
void Drain::Empty(uint64_t until)
{
	Ring::Record record;
	uint64_t published = ring_.Position();
	for (;;) {
		if (ring_.Position() >= until)
			break;
		if (!ring_.Peek(record)) {
			if (published == ring_.Position())
				break;
			ring_.Publish();
			published = ring_.Position();
			continue;
		}
		if (!record.discarded) {
			size_t length = (record.length + 7) / 8 * 8;
			if (batch_ != nullptr && length > batch_->capacity - batch_->bytes)
				HandOver();
			if (batch_ == nullptr) {
				// Waiting may take long; what was read is free by then.
				ring_.Publish();
				published = ring_.Position();
				if (!TakeBatch())
					return;
			}
			if (length > batch_->capacity) {
				oversized_++;
			} else {
				ring_.Copy(record, length, batch_->data + batch_->bytes);
				batch_->bytes += length;
				batch_->records++;
			}
		}
		ring_.Skip(record);
		if (ring_.Position() - published >= publish_every) {
			ring_.Publish();
			published = ring_.Position();
		}
		// A producer that keeps up would hold the drain here for ever.
		if ((stopping_ || ticking_) && until == UINT64_MAX)
			break;
	}
	ring_.Publish();
	HandOver();
}

bool Drain::TakeBatch()
{
	std::unique_lock<std::mutex> lock(mutex_);
	if (free_.empty())
		waits_++;
	auto ready = [this] { return !free_.empty() || abandoned_; };
	// Where all events are kept, nobody waits for those who show them: the ring bridges their
	// pauses as long as it has room.
	if (tap_ == nullptr)
		freed_.wait(lock, ready);
	else
		while (!freed_.wait_for(lock, std::chrono::milliseconds(1), ready) && !HalfFull()) {
		}
	if (abandoned_)
		return false;
	if (free_.empty()) {
		batch_ = &spare_;
	} else {
		batch_ = free_.back();
		free_.pop_back();
	}
	batch_->bytes = 0;
	batch_->records = 0;
	return true;
}

void Drain::HandOver()
{
	if (batch_ == nullptr)
		return;
	Batch *batch = batch_;
	batch_ = nullptr;
	if (batch->records == 0) {
		std::lock_guard<std::mutex> lock(mutex_);
		free_.push_back(batch);
		return;
	}
	records_ += batch->records;
	bytes_ += batch->bytes;
	handed_over_++;
	if (BatchTap *tap = tap_)
		tap->TakeBatch(batch->data, batch->bytes, HalfFull());
	if (batch == &spare_) {
		skipped_ += batch->records;
		return;
	}
	if (napi_call_threadsafe_function(function_, batch, napi_tsfn_nonblocking) != napi_ok)
		abandoned_ = true;
}

bool Drain::HalfFull() const
{
	return (ring_.Produced() - ring_.Position()) * 2 > ring_bytes_;
}

// Between two batches, in the same place for the tap and for JavaScript.
void Drain::HandOverTicks()
{
	std::vector<Tick> due;
	{
		std::lock_guard<std::mutex> lock(mutex_);
		due.swap(ticks_);
		ticking_ = false;
	}
	for (const Tick &tick : due) {
		if (BatchTap *tap = tap_)
			tap->TakeTick(tick.index, tick.time);
		if (napi_call_threadsafe_function(function_, &tick_, napi_tsfn_nonblocking) !=
		    napi_ok)
			abandoned_ = true;
	}
}

// On the JavaScript thread; without an environment when it is being torn down.
void Drain::OnBatch(napi_env env, napi_value callback, void *context, void *data)
{
	if (env == nullptr)
		return;
	auto *drain = static_cast<Drain *>(context);
	auto *batch = static_cast<Batch *>(data);
	int32_t index = -1;
	if (batch != &drain->tick_) {
		index = 0;
		while (drain->batches_[static_cast<size_t>(index)].get() != batch)
			index++;
	}
	napi_value arguments[3], receiver, result, exception;
	napi_create_int32(env, index, &arguments[0]);
	napi_create_double(env, static_cast<double>(batch->bytes), &arguments[1]);
	napi_create_double(env, static_cast<double>(batch->records), &arguments[2]);
	napi_get_global(env, &receiver);
	if (napi_call_function(env, receiver, callback, 3, arguments, &result) ==
		    napi_pending_exception &&
	    napi_get_and_clear_last_exception(env, &exception) == napi_ok)
		napi_fatal_exception(env, exception);
}

// After the last OnBatch.
void Drain::OnEnd(napi_env, void *data, void *)
{
	auto *drain = static_cast<Drain *>(data);
	if (drain->thread_.joinable())
		drain->thread_.join();
	drain->ended_ = true;
	if (drain->abandoned_)
		return;
	Napi::Env env = drain->Env();
	Napi::HandleScope scope(env);
	napi_remove_env_cleanup_hook(env, OnTeardown, drain);
	for (const std::unique_ptr<Batch> &batch : drain->batches_)
		batch->keep.Reset();
	drain->tap_keep_.Reset();
	if (drain->stopped_)
		drain->stopped_->Resolve(env.Undefined());
	drain->Unref();
}

void Drain::OnTeardown(void *data)
{
	auto *drain = static_cast<Drain *>(data);
	drain->abandoned_ = true;
	drain->Wake();
	if (drain->thread_.joinable())
		drain->thread_.join();
}

Napi::Value Drain::Release(const Napi::CallbackInfo &info)
{
	size_t index = info[0].As<Napi::Number>().Uint32Value();
	if (index >= batches_.size())
		ThrowBpfError(info.Env(), "release", EINVAL, std::to_string(index));
	std::lock_guard<std::mutex> lock(mutex_);
	for (const Batch *batch : free_) {
		if (batch == batches_[index].get())
			ThrowBpfError(info.Env(), "release", EALREADY, std::to_string(index));
	}
	free_.push_back(batches_[index].get());
	freed_.notify_one();
	return info.Env().Undefined();
}

// tap(writer): before the first batch.
Napi::Value Drain::Tap(const Napi::CallbackInfo &info)
{
	auto object = info[0].As<Napi::Object>();
	tap_keep_ = Napi::Persistent(object);
	spare_memory_.resize(batches_[0]->capacity);
	spare_.data = spare_memory_.data();
	spare_.capacity = spare_memory_.size();
	tap_ = EventWriter::Unwrap(object);
	return info.Env().Undefined();
}

// tick(index, time): comes back through onBatch as batch -1, after all that was in the ring.
Napi::Value Drain::PutTick(const Napi::CallbackInfo &info)
{
	bool lossless;
	Tick tick{info[0].As<Napi::Number>().Uint32Value(),
		  info[1].As<Napi::BigInt>().Uint64Value(&lossless)};
	{
		std::lock_guard<std::mutex> lock(mutex_);
		ticks_.push_back(tick);
		ticking_ = true;
	}
	Wake();
	return info.Env().Undefined();
}

// Resolves when the ring was emptied and every batch was
// handed over. Batches must still be released.
Napi::Value Drain::Stop(const Napi::CallbackInfo &info)
{
	if (!stopped_) {
		stopped_ = std::make_unique<Napi::Promise::Deferred>(info.Env());
		promise_ = Napi::Persistent(stopped_->Promise().As<Napi::Object>());
		stopping_ = true;
		Wake();
		if (ended_)
			stopped_->Resolve(info.Env().Undefined());
	}
	return promise_.Value();
}

Napi::Value Drain::Counters(const Napi::CallbackInfo &info)
{
	Napi::Object counters = Napi::Object::New(info.Env());
	counters.Set("records", static_cast<double>(records_));
	counters.Set("bytes", static_cast<double>(bytes_));
	counters.Set("batches", static_cast<double>(handed_over_));
	counters.Set("wakeups", static_cast<double>(wakeups_));
	counters.Set("waits", static_cast<double>(waits_));
	counters.Set("oversized", static_cast<double>(oversized_));
	counters.Set("skipped", static_cast<double>(skipped_));
	return counters;
}
