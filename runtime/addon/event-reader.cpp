// Checks and decompresses blocks in libuv's thread pool. A file may come from anywhere: nothing in
// it is believed before it is checked, and no length makes it take more memory than was given.
#include "event-reader.hpp"
#include <memory>
#include <zstd.h>

namespace event_file
{
static constexpr size_t at_present = 12;

static size_t Decompress(const StoredBlock &block, uint8_t *out, size_t room)
{
	if (block.raw_length > room)
		return SIZE_MAX;
	if (block.codec == CODEC_PLAIN) {
		if (block.length != block.raw_length)
			return SIZE_MAX;
		memcpy(out, block.data, block.length);
		return block.length;
	}
	size_t size = ZSTD_decompress(out, block.raw_length, block.data, block.length);
	return ZSTD_isError(size) || size != block.raw_length ? SIZE_MAX : size;
}

static const char *CheckFrame(const uint8_t *frame, size_t available, const StoredShape &shape)
{
	if (available < shape.bytes)
		return "a frame ends too early";
	size_t size = Load<uint32_t>(frame);
	if (size < shape.bytes || size > available || size % 8 != 0)
		return "a frame has an impossible size";
	uint32_t present = Load<uint32_t>(frame + at_present);
	if (present & ~shape.present)
		return "a frame has a section that the header does not have";
	if (present & shape.packet_bit &&
	    Load<uint16_t>(frame + shape.captured) > size - shape.bytes)
		return "a frame's packet is larger than the frame";
	if (present & shape.stack_bit && Load<uint32_t>(frame + shape.stack) != stored_stack)
		return "a frame's stack is not a stored one";
	return nullptr;
}

static void Move(const std::vector<MemberMove> &members, const uint8_t *from, uint8_t *to)
{
	for (const MemberMove &member : members) {
		size_t size = member.size < member.room ? member.size : member.room;
		memcpy(to + member.to, from + member.from, size);
		if (member.is_signed && size < member.room && from[member.from + size - 1] & 0x80)
			memset(to + member.to + size, 0xff, member.room - size);
	}
}

// Frames as another version laid them out -> as this one does. 0: no room.
static size_t MoveFrames(const uint8_t *frames, size_t length, const StoredShape &shape,
			 uint8_t *out, size_t room)
{
	size_t end = 0;
	for (size_t at = 0; at < length;) {
		const uint8_t *frame = frames + at;
		size_t size = Load<uint32_t>(frame), packet = size - shape.bytes;
		size_t new_size = Aligned(shape.new_bytes + packet);
		if (new_size > room - end)
			return 0;
		uint8_t *to = out + end;
		memset(to, 0, new_size);
		Move(shape.header, frame, to);
		uint32_t present = Load<uint32_t>(frame + at_present), moved = 0;
		for (const SectionMove &section : shape.sections) {
			if (!(present & section.bit))
				continue;
			moved |= section.new_bit;
			Move(section.members, frame + section.from, to + section.to);
		}
		memcpy(to + shape.new_bytes, frame + shape.bytes, packet);
		Store(to, static_cast<uint32_t>(new_size));
		Store(to + at_present, moved);
		at += size;
		end += new_size;
	}
	return end;
}

ReadResult ReadBlock(const StoredBlock &block, const StoredShape *shape, uint8_t *out, size_t room)
{
	ReadResult result;
	auto fail = [&](const char *problem, size_t at = 0) {
		result = {};
		result.problem = problem;
		result.problem_at = at;
		return result;
	};
	if (Crc32c(block.data, block.length) != block.payload_crc)
		return fail("its checksum is wrong");
	if (block.codec != CODEC_PLAIN && block.codec != CODEC_ZSTD)
		return fail("it is compressed in a way that this version does not know");
	std::unique_ptr<uint8_t[]> apart;
	uint8_t *raw = out;
	size_t raw_room = room;
	if (shape != nullptr && shape->moves) {
		raw_room = block.raw_length;
		apart.reset(new uint8_t[raw_room + 1]);
		raw = apart.get();
	}
	if (Decompress(block, raw, raw_room) == SIZE_MAX)
		return fail("it does not decompress to what it says");
	if (shape == nullptr) {
		result.table = block.raw_length;
		return result;
	}
	for (size_t at = 0; at < block.frames; result.records++) {
		if (const char *problem = CheckFrame(raw + at, block.frames - at, *shape))
			return fail(problem, at);
		at += Load<uint32_t>(raw + at);
	}
	result.frames = block.frames;
	result.table = block.raw_length - block.frames;
	if (!shape->moves)
		return result;
	result.frames = MoveFrames(raw, block.frames, *shape, out, room);
	if ((result.frames == 0 && block.frames > 0) || room - result.frames < result.table)
		return fail("its frames do not fit into this version's");
	memcpy(out + result.frames, raw + block.frames, result.table);
	return result;
}

static uint32_t NumberOf(const Napi::Object &object, const char *name)
{
	return object.Get(name).As<Napi::Number>().Uint32Value();
}

// Five numbers a member: from, to, size, room, signed.
static std::vector<MemberMove> MovesOf(const Napi::Value &value)
{
	auto numbers = value.As<Napi::Uint32Array>();
	std::vector<MemberMove> moves;
	for (size_t at = 0; at + 5 <= numbers.ElementLength(); at += 5)
		moves.push_back({numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3],
				 numbers[at + 4] != 0});
	return moves;
}

static StoredShape ShapeOf(const Napi::Object &object)
{
	StoredShape shape;
	shape.bytes = NumberOf(object, "bytes");
	shape.present = NumberOf(object, "present");
	shape.packet_bit = NumberOf(object, "packetBit");
	shape.captured = NumberOf(object, "captured");
	shape.stack_bit = NumberOf(object, "stackBit");
	shape.stack = NumberOf(object, "stack");
	shape.moves = object.Get("moves").IsObject();
	if (!shape.moves)
		return shape;
	auto moves = object.Get("moves").As<Napi::Object>();
	shape.new_bytes = NumberOf(moves, "bytes");
	shape.header = MovesOf(moves.Get("header"));
	auto sections = moves.Get("sections").As<Napi::Array>();
	for (uint32_t index = 0; index < sections.Length(); index++) {
		auto section = sections.Get(index).As<Napi::Object>();
		shape.sections.push_back({NumberOf(section, "bit"), NumberOf(section, "newBit"),
					  NumberOf(section, "from"), NumberOf(section, "to"),
					  MovesOf(section.Get("members"))});
	}
	return shape;
}

class BlockWorker : public Napi::AsyncWorker
{
      public:
	BlockWorker(Napi::Env env, const Napi::CallbackInfo &info)
	    : AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env))
	{
		auto input = info[0].As<Napi::Uint8Array>();
		auto header = info[1].As<Napi::Object>();
		auto output = info[2].As<Napi::Uint8Array>();
		block_.data = input.Data();
		block_.length = input.ByteLength();
		block_.codec = NumberOf(header, "codec");
		block_.raw_length = NumberOf(header, "rawLength");
		block_.frames = NumberOf(header, "frames");
		block_.payload_crc = NumberOf(header, "payloadCrc");
		out_ = output.Data();
		room_ = output.ByteLength();
		if (info[3].IsObject()) {
			shape_ = ShapeOf(info[3].As<Napi::Object>());
			framed_ = true;
		}
		input_ = Napi::Persistent(input.As<Napi::Object>());
		output_ = Napi::Persistent(output.As<Napi::Object>());
	}

	Napi::Promise Promise() const
	{
		return deferred_.Promise();
	}

      protected:
	void Execute() override
	{
		if (block_.frames > block_.raw_length || block_.raw_length > largest_block)
			result_.problem = "its lengths are impossible";
		else
			result_ = ReadBlock(block_, framed_ ? &shape_ : nullptr, out_, room_);
	}

	void OnOK() override
	{
		Napi::Env env = Env();
		Napi::Object result = Napi::Object::New(env);
		if (result_.problem == nullptr)
			result.Set("problem", env.Null());
		else
			result.Set("problem", result_.problem);
		result.Set("frames", static_cast<double>(result_.frames));
		result.Set("table", static_cast<double>(result_.table));
		result.Set("records", static_cast<double>(result_.records));
		deferred_.Resolve(result);
	}

	void OnError(const Napi::Error &error) override
	{
		deferred_.Reject(error.Value());
	}

      private:
	Napi::Promise::Deferred deferred_;
	Napi::ObjectReference input_;
	Napi::ObjectReference output_;
	StoredBlock block_;
	StoredShape shape_;
	bool framed_ = false;
	uint8_t *out_;
	size_t room_;
	ReadResult result_;
};

// readEventBlock(payload, header, output, shape)
static Napi::Value ReadEventBlock(const Napi::CallbackInfo &info)
{
	auto *worker = new BlockWorker(info.Env(), info);
	Napi::Promise promise = worker->Promise();
	worker->Queue();
	return promise;
}

// crc32c(bytes)
static Napi::Value Checksum(const Napi::CallbackInfo &info)
{
	auto bytes = info[0].As<Napi::Uint8Array>();
	return Napi::Number::New(info.Env(), Crc32c(bytes.Data(), bytes.ByteLength()));
}
} // namespace event_file

void InitEventReader(Napi::Env env, Napi::Object exports)
{
	Export(env, exports, "readEventBlock", event_file::ReadEventBlock);
	Export(env, exports, "crc32c", event_file::Checksum);
}
