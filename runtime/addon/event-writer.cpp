// Batches come in a queue and leave as blocks. A batch is given back as soon as its frames are
// copied; a block is written when it is large enough, or a second after its first frame.
#include "event-writer.hpp"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <future>

using namespace event_file;

// Large enough to compress well, small enough that a damaged one is no great loss.
static constexpr size_t block_target = 1 << 20;
static constexpr uint64_t flush_after = 900000000;
// The token of a message that is about no batch: the writer has failed.
static constexpr uint32_t no_batch = 0xffffffff;

void EventWriter::Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("EventWriter",
		    DefineClass(env, "EventWriter",
				{
					InstanceMethod<&EventWriter::Enqueue>("enqueue"),
					InstanceMethod<&EventWriter::Tick>("tick"),
					InstanceMethod<&EventWriter::Close>("close"),
					InstanceMethod<&EventWriter::State>("state"),
				}));
}

static uint32_t NumberOf(const Napi::Object &object, const char *name)
{
	return object.Get(name).As<Napi::Number>().Uint32Value();
}

static std::vector<FrameShape::Section> SectionsOf(const Napi::Value &value)
{
	std::vector<FrameShape::Section> sections;
	auto list = value.As<Napi::Array>();
	for (uint32_t index = 0; index < list.Length(); index++) {
		auto entry = list.Get(index).As<Napi::Object>();
		sections.push_back({NumberOf(entry, "bit"), NumberOf(entry, "from"),
				    NumberOf(entry, "to"), NumberOf(entry, "size")});
	}
	return sections;
}

static FrameShape ShapeOf(const Napi::Object &object)
{
	FrameShape shape;
	shape.sections = SectionsOf(object.Get("sections"));
	shape.symbols = SectionsOf(object.Get("symbols"));
	shape.strings = SectionsOf(object.Get("strings"));
	shape.bytes = NumberOf(object, "bytes");
	shape.stored_bytes = NumberOf(object, "storedBytes");
	shape.captured = NumberOf(object, "captured");
	shape.packet_bit = NumberOf(object, "packetBit");
	shape.stack = NumberOf(object, "stack");
	shape.stack_bit = NumberOf(object, "stackBit");
	shape.stack_depth = NumberOf(object, "stackDepth");
	shape.live = object.Get("live").ToBoolean();
	return shape;
}

static LossCounters CountersOf(const Napi::Object &object)
{
	auto memory = object.Get("memory").As<Napi::ArrayBuffer>();
	LossCounters counters;
	counters.memory = static_cast<const uint8_t *>(memory.Data());
	counters.length = memory.ByteLength();
	counters.cpu_stride = NumberOf(object, "cpuStride");
	counters.first = NumberOf(object, "first");
	counters.slot_stride = NumberOf(object, "slotStride");
	counters.slots = NumberOf(object, "slots");
	return counters;
}

static Rotation RotationOf(const Napi::Object &object)
{
	Rotation rotation;
	rotation.path = object.Get("path").As<Napi::String>().Utf8Value();
	rotation.bytes = static_cast<uint64_t>(object.Get("bytes").As<Napi::Number>().Int64Value());
	rotation.nanoseconds =
		static_cast<uint64_t>(object.Get("nanoseconds").As<Napi::Number>().Int64Value());
	rotation.keep = NumberOf(object, "keep");
	return rotation;
}

// new EventWriter(fd, path, header, options, onDone)
EventWriter::EventWriter(const Napi::CallbackInfo &info) : ObjectWrap(info)
{
	Napi::Env env = info.Env();
	int fd = info[0].As<Napi::Number>().Int32Value();
	// Standard output stays open for the others.
	if (fd < 3)
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	auto options = info[3].As<Napi::Object>();
	auto given = [&](const char *name) { return options.Get(name).IsObject(); };
	auto object = [&](const char *name) { return options.Get(name).As<Napi::Object>(); };
	std::shared_ptr<SymbolTable> symbols;
	if (given("symbols"))
		symbols = Kallsyms::Unwrap(object("symbols"))->Table();
	LossCounters counters;
	if (given("counters")) {
		counters = CountersOf(object("counters"));
		counters_ = Napi::Persistent(object("counters"));
	}
	block_ = std::make_unique<BlockBuilder>(ShapeOf(object("shape")), counters, symbols);
	output_ = std::make_unique<Output>(fd, StringAt(info, 1), StringAt(info, 2),
					   static_cast<int>(NumberOf(options, "level")),
					   given("rotation") ? RotationOf(object("rotation"))
							     : Rotation());
	capacity_ = NumberOf(options, "capacity");
	napi_status status = napi_create_threadsafe_function(
		env, info[4], nullptr, Napi::String::New(env, "retis event file"), 0, 1, this,
		OnEnd, this, OnMessage, &function_);
	if (status != napi_ok)
		ThrowBpfError(env, "event file", EINVAL, "onDone");
	napi_add_env_cleanup_hook(env, OnTeardown, this);
	Ref();

	// Signals are for the threads that expect them; SIGXFSZ must not end the process.
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	std::promise<void> prepared;
	thread_ = std::thread([this, &prepared] {
		output_->Prepare();
		prepared.set_value();
		Run();
	});
	pthread_sigmask(SIG_SETMASK, &before, nullptr);
	prepared.get_future().wait();
}

EventWriter::~EventWriter()
{
	if (!thread_.joinable())
		return;
	abandoned_ = true;
	work_.notify_all();
	room_.notify_all();
	thread_.join();
}

void EventWriter::Push(Job *job)
{
	std::lock_guard<std::mutex> lock(mutex_);
	jobs_.push_back(job);
	queued_bytes_ += job->length;
	work_.notify_one();
}

void EventWriter::Run()
{
	if (!output_->Begin())
		Report();
	std::unique_lock<std::mutex> lock(mutex_);
	while (!abandoned_) {
		if (!jobs_.empty()) {
			Job *job = jobs_.front();
			jobs_.pop_front();
			lock.unlock();
			Take(*job);
			size_t length = job->length;
			if (job->kind != Job::BATCH)
				delete job;
			else
				napi_call_threadsafe_function(function_, job,
							      napi_tsfn_nonblocking);
			lock.lock();
			queued_bytes_ -= length;
			room_.notify_one();
		} else if (closing_) {
			break;
		} else if (block_->Empty()) {
			work_.wait(lock);
		} else {
			uint64_t age = MonotonicTime() - block_began_;
			if (age < flush_after)
				work_.wait_for(lock, std::chrono::nanoseconds(flush_after - age));
			else {
				lock.unlock();
				Flush();
				lock.lock();
			}
		}
	}
	lock.unlock();
	if (!abandoned_) {
		block_->AddRest();
		Flush();
		if (!output_->Finish(block_->Lost()))
			Report();
		bytes_ = output_->Bytes();
	}
	napi_release_threadsafe_function(function_, napi_tsfn_release);
}

void EventWriter::Take(Job &job)
{
	if (output_->Failure().error != 0)
		return;
	if (block_->Empty())
		block_began_ = MonotonicTime();
	if (job.kind == Job::TICK) {
		block_->AddTick(job.index, job.time);
	} else if (!AddBatch(job)) {
		std::lock_guard<std::mutex> lock(mutex_);
		problem_ = {EBADMSG, "frame", ""};
	}
	// A stream without a pause would otherwise never look at the clock.
	if (block_->Size() >= block_target || MonotonicTime() - block_began_ >= flush_after)
		Flush();
}

bool EventWriter::AddBatch(Job &job)
{
	if (!block_->SetTable(job.table.data(), job.table.size()))
		return false;
	size_t number = 0;
	for (size_t at = 0; at < job.length; number++) {
		bool chosen = job.all || (number / 8 < job.chosen.size() &&
					  job.chosen[number / 8] >> number % 8 & 1);
		size_t size = block_->Add(job.data + at, job.length - at, chosen);
		if (size == 0)
			return false;
		job.records += chosen;
		at += size;
		if (block_->Size() >= block_target)
			Flush();
	}
	return true;
}

void EventWriter::TakeBatch(const uint8_t *data, size_t length, bool pressed)
{
	auto job = std::make_unique<Job>();
	job->kind = Job::TAPPED;
	job->owned.assign(data, data + length);
	job->data = job->owned.data();
	job->length = length;
	std::unique_lock<std::mutex> lock(mutex_);
	pressed_ = pressed;
	room_.wait(lock, [this] { return queued_bytes_ < capacity_ || abandoned_; });
	queued_bytes_ += length;
	jobs_.push_back(job.release());
	work_.notify_one();
}

void EventWriter::TakeTick(uint32_t index, uint64_t time)
{
	auto job = std::make_unique<Job>();
	job->kind = Job::TICK;
	job->index = index;
	job->time = time;
	Push(job.release());
}

// Over half of what may wait does: compressing is what there is no time for.
bool EventWriter::Pressed()
{
	std::lock_guard<std::mutex> lock(mutex_);
	return capacity_ > 0 && (pressed_ || queued_bytes_ * 2 >= capacity_);
}

void EventWriter::Flush()
{
	if (block_->Empty())
		return;
	BlockHeader header{};
	const std::vector<uint8_t> &payload = block_->Finish(header);
	bool plain = Pressed();
	bool written = output_->Write(header, payload, plain);
	block_->Clear();
	block_began_ = MonotonicTime();
	bytes_ = output_->Bytes();
	records_ = output_->Records();
	files_ = output_->Files();
	lost_ = block_->Lost();
	blocks_++;
	plain_blocks_ += plain;
	if (!written)
		Report();
}

void EventWriter::Report()
{
	if (reported_ || output_->Failure().error == 0)
		return;
	reported_ = true;
	{
		std::lock_guard<std::mutex> lock(mutex_);
		problem_ = output_->Failure();
	}
	Job *message = new Job;
	message->token = no_batch;
	napi_call_threadsafe_function(function_, message, napi_tsfn_nonblocking);
}

// On the JavaScript thread; without an environment when it is being torn down.
void EventWriter::OnMessage(napi_env env, napi_value callback, void *, void *data)
{
	std::unique_ptr<Job> job(static_cast<Job *>(data));
	if (env == nullptr) {
		job->keep.SuppressDestruct();
		return;
	}
	napi_value arguments[2], receiver, result, exception;
	napi_create_uint32(env, job->token, &arguments[0]);
	napi_create_uint32(env, job->records, &arguments[1]);
	job->keep.Reset();
	napi_get_global(env, &receiver);
	if (napi_call_function(env, receiver, callback, 2, arguments, &result) ==
		    napi_pending_exception &&
	    napi_get_and_clear_last_exception(env, &exception) == napi_ok)
		napi_fatal_exception(env, exception);
}

// After the last message.
void EventWriter::OnEnd(napi_env, void *data, void *)
{
	auto *writer = static_cast<EventWriter *>(data);
	if (writer->thread_.joinable())
		writer->thread_.join();
	writer->ended_ = true;
	if (writer->abandoned_)
		return;
	Napi::Env env = writer->Env();
	Napi::HandleScope scope(env);
	napi_remove_env_cleanup_hook(env, OnTeardown, writer);
	writer->output_.reset();
	writer->counters_.Reset();
	if (writer->closed_)
		writer->closed_->Resolve(env.Undefined());
	writer->Unref();
}

void EventWriter::OnTeardown(void *data)
{
	auto *writer = static_cast<EventWriter *>(data);
	writer->abandoned_ = true;
	writer->work_.notify_all();
	writer->room_.notify_all();
	if (writer->thread_.joinable())
		writer->thread_.join();
}

static std::vector<uint8_t> BytesOf(const Napi::Value &value)
{
	if (!value.IsTypedArray())
		return {};
	auto array = value.As<Napi::Uint8Array>();
	return {array.Data(), array.Data() + array.ByteLength()};
}

// enqueue(buffer, length, token, chosen, table)
Napi::Value EventWriter::Enqueue(const Napi::CallbackInfo &info)
{
	auto buffer = info[0].As<Napi::Uint8Array>();
	auto job = std::make_unique<Job>();
	job->data = buffer.Data();
	job->length = info[1].As<Napi::Number>().Uint32Value();
	job->token = info[2].As<Napi::Number>().Uint32Value();
	job->all = !info[3].IsTypedArray();
	job->chosen = BytesOf(info[3]);
	job->table = BytesOf(info[4]);
	job->keep = Napi::Persistent(buffer.As<Napi::Object>());
	if (closing_ || job->length > buffer.ByteLength())
		ThrowBpfError(info.Env(), "enqueue", closing_ ? EBADF : EINVAL, "");
	Push(job.release());
	return info.Env().Undefined();
}

// tick(index, time)
Napi::Value EventWriter::Tick(const Napi::CallbackInfo &info)
{
	auto job = std::make_unique<Job>();
	bool lossless;
	job->kind = Job::TICK;
	job->index = info[0].As<Napi::Number>().Uint32Value();
	job->time = info[1].As<Napi::BigInt>().Uint64Value(&lossless);
	if (closing_)
		ThrowBpfError(info.Env(), "tick", EBADF, "");
	Push(job.release());
	return info.Env().Undefined();
}

// Resolves when everything is written, or cannot be: see state().
Napi::Value EventWriter::Close(const Napi::CallbackInfo &info)
{
	if (!closed_) {
		closed_ = std::make_unique<Napi::Promise::Deferred>(info.Env());
		promise_ = Napi::Persistent(closed_->Promise().As<Napi::Object>());
		{
			std::lock_guard<std::mutex> lock(mutex_);
			closing_ = true;
			work_.notify_one();
		}
		if (ended_)
			closed_->Resolve(info.Env().Undefined());
	}
	return promise_.Value();
}

Napi::Value EventWriter::State(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Object state = Napi::Object::New(env);
	state.Set("bytes", static_cast<double>(bytes_));
	state.Set("records", static_cast<double>(records_));
	state.Set("files", static_cast<double>(files_));
	state.Set("blocks", static_cast<double>(blocks_));
	state.Set("plainBlocks", static_cast<double>(plain_blocks_));
	state.Set("lost", static_cast<double>(lost_));
	std::lock_guard<std::mutex> lock(mutex_);
	if (problem_.error == 0) {
		state.Set("problem", env.Null());
		return state;
	}
	Napi::Object problem = Napi::Object::New(env);
	problem.Set("errno", problem_.error);
	problem.Set("operation", problem_.operation);
	problem.Set("path", problem_.path);
	state.Set("problem", problem);
	return state;
}
