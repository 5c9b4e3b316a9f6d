// BpfObject's loaded programs: what the kernel knows about them, and test runs.
#include "map-memory.hpp"
#include "object.hpp"
#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <vector>
#include <time.h>
extern "C" {
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
}

static struct bpf_insn JumpTo(size_t from, size_t to)
{
	struct bpf_insn jump = {};
	jump.code = BPF_JMP | BPF_JA;
	jump.off =
		static_cast<__s16>(static_cast<ptrdiff_t>(to) - static_cast<ptrdiff_t>(from) - 1);
	return jump;
}

// insertCode(program, marker, instructions): they are appended, with a jump there in the marker's
// place and one back, so that nothing moves that relocations, types and lines refer to.
Napi::Value BpfObject::InsertCode(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	int32_t marker = info[1].As<Napi::Number>();
	auto code = info[2].As<Napi::Uint8Array>();
	struct bpf_program *program = Program(env, "insertCode", name);
	const struct bpf_insn *first = bpf_program__insns(program);
	std::vector<struct bpf_insn> all(first, first + bpf_program__insn_cnt(program));
	auto mark = std::find_if(all.begin(), all.end(), [&](const struct bpf_insn &one) {
		return BPF_OP(one.code) == BPF_MOV && BPF_SRC(one.code) == BPF_K &&
		       (BPF_CLASS(one.code) == BPF_ALU64 || BPF_CLASS(one.code) == BPF_ALU) &&
		       one.imm == marker;
	});
	size_t start = all.size(), length = code.ByteLength() / sizeof(struct bpf_insn);
	if (mark == all.end() || start + length >= INT16_MAX)
		return Napi::Boolean::New(env, false);
	size_t at = static_cast<size_t>(mark - all.begin());
	all[at] = JumpTo(at, start);
	all.resize(start + length);
	memcpy(&all[start], code.Data(), length * sizeof(struct bpf_insn));
	all.push_back(JumpTo(all.size(), at + 1));
	int error = bpf_program__set_insns(program, all.data(), all.size());
	if (error)
		ThrowBpfError(env, "insertCode", error, name);
	return Napi::Boolean::New(env, true);
}

Napi::Value BpfObject::ProgramFd(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	return Napi::Number::New(env,
				 bpf_program__fd(Program(env, "programFd", StringAt(info, 0))));
}

// The same counters as text: readable where the kernel keeps bpf() from unprivileged processes.
static void ReadFdInfo(int fd, struct bpf_prog_info &program)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	FILE *file = fopen(path, "re");
	if (file == nullptr)
		return;
	char line[256], name[64];
	uint64_t value;
	while (fgets(line, sizeof(line), file) != nullptr) {
		if (sscanf(line, "%63[^:]:%" SCNu64, name, &value) != 2)
			continue;
		if (strcmp(name, "prog_id") == 0)
			program.id = static_cast<__u32>(value);
		else if (strcmp(name, "run_time_ns") == 0)
			program.run_time_ns = value;
		else if (strcmp(name, "run_cnt") == 0)
			program.run_cnt = value;
		else if (strcmp(name, "recursion_misses") == 0)
			program.recursion_misses = value;
		else if (strcmp(name, "verified_insns") == 0)
			program.verified_insns = static_cast<__u32>(value);
	}
	fclose(file);
}

// Counts are 0 where the kernel does not keep them, sizes where the process may not see them.
Napi::Value BpfObject::ProgramInfo(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	int fd = bpf_program__fd(Program(env, "programInfo", name));
	if (fd < 0)
		ThrowBpfError(env, "programInfo", EINVAL, name);
	struct bpf_prog_info program = {};
	__u32 size = sizeof(program);
	if (bpf_obj_get_info_by_fd(fd, &program, &size) < 0)
		program = {};
	ReadFdInfo(fd, program);
	auto number = [&](uint64_t value) {
		return Napi::Number::New(env, static_cast<double>(value));
	};
	Napi::Object result = Napi::Object::New(env);
	result.Set("id", number(program.id));
	result.Set("instructions", number(program.xlated_prog_len / sizeof(struct bpf_insn)));
	result.Set("jitedBytes", number(program.jited_prog_len));
	result.Set("verifiedInstructions", number(program.verified_insns));
	result.Set("runTimeNs", number(program.run_time_ns));
	result.Set("runCount", number(program.run_cnt));
	result.Set("recursionMisses", number(program.recursion_misses));
	return result;
}

// The instructions as the kernel runs them, after the verifier's rewriting.
Napi::Value BpfObject::Xlated(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	int fd = bpf_program__fd(Program(env, "xlated", name));
	struct bpf_prog_info program = {};
	__u32 size = sizeof(program);
	int error = bpf_obj_get_info_by_fd(fd, &program, &size);
	if (error)
		ThrowBpfError(env, "xlated", error, name);
	auto code = Napi::Buffer<uint8_t>::New(env, program.xlated_prog_len);
	program = {};
	program.xlated_prog_len = static_cast<__u32>(code.Length());
	program.xlated_prog_insns = reinterpret_cast<uintptr_t>(code.Data());
	size = sizeof(program);
	error = bpf_obj_get_info_by_fd(fd, &program, &size);
	if (error)
		ThrowBpfError(env, "xlated", error, name);
	return code;
}

static uint64_t Now()
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

// testRun(name, context, repeat?). A raw_tp program takes its arguments as u64; it allows no repeat
// and reports no duration, so then the time of the whole call is given.
Napi::Value BpfObject::TestRun(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string name = StringAt(info, 0);
	auto context = info[1].As<Napi::TypedArray>();
	int fd = bpf_program__fd(Program(env, "testRun", name));
	LIBBPF_OPTS(bpf_test_run_opts, options);
	if (context.ByteLength() > 0) {
		options.ctx_in =
			static_cast<uint8_t *>(context.ArrayBuffer().Data()) + context.ByteOffset();
		options.ctx_size_in = static_cast<__u32>(context.ByteLength());
	}
	if (info[2].IsNumber())
		options.repeat = info[2].As<Napi::Number>().Int32Value();
	uint64_t start = Now();
	int error = bpf_prog_test_run_opts(fd, &options);
	uint64_t duration = Now() - start;
	if (error)
		ThrowBpfError(env, "testRun", error, name);
	if (options.duration != 0)
		duration = options.duration;
	Napi::Object result = Napi::Object::New(env);
	result.Set("retval", options.retval);
	result.Set("durationNs", static_cast<double>(duration));
	return result;
}

namespace
{
// A place that receives a packet's length plus a constant,
// such as a length field of a made-up sk_buff.
struct LengthField {
	size_t offset;
	size_t bytes;
	uint64_t plus;
};

class BatchError
{
      public:
	explicit BatchError(int error) : error(error)
	{
	}
	int error;
};

uint8_t *Range(const MapMemory &memory, size_t offset, size_t length)
{
	if (offset > memory.Size() || length > memory.Size() - offset)
		throw BatchError(E2BIG);
	return memory.Data() + offset;
}
} // namespace

static std::vector<LengthField> LengthFields(Napi::Object batch)
{
	std::vector<LengthField> fields;
	if (!batch.Get("lengths").IsArray())
		return fields;
	Napi::Array list = batch.Get("lengths").As<Napi::Array>();
	for (uint32_t index = 0; index < list.Length(); index++) {
		Napi::Object field = list.Get(index).As<Napi::Object>();
		Napi::Value plus = field.Get("plus");
		bool lossless;
		fields.push_back(
			{field.Get("offset").As<Napi::Number>().Uint32Value(),
			 std::min(field.Get("bytes").As<Napi::Number>().Uint32Value(), 8U),
			 plus.IsBigInt() ? plus.As<Napi::BigInt>().Uint64Value(&lossless) : 0});
	}
	return fields;
}

// testRunBatch({program, context, map, offset, lengths?, packets, result}): for each packet writes
// it and its length into the map, runs the program, and reads back the u64 at `result`.
Napi::Value BpfObject::TestRunBatch(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Object batch = info[0].As<Napi::Object>();
	std::string name = batch.Get("program").As<Napi::String>();
	std::string map = batch.Get("map").As<Napi::String>();
	Napi::Object answer = batch.Get("result").As<Napi::Object>();
	std::string answer_map = answer.Get("map").As<Napi::String>();
	size_t answer_offset = answer.Get("offset").As<Napi::Number>().Uint32Value();
	size_t offset = batch.Get("offset").As<Napi::Number>().Uint32Value();
	Napi::Array packets = batch.Get("packets").As<Napi::Array>();
	auto context = batch.Get("context").As<Napi::BigUint64Array>();
	std::vector<LengthField> fields = LengthFields(batch);
	int fd = bpf_program__fd(Program(env, "testRunBatch", name));

	MapMemory input, output;
	if (int error = input.Open(Map(env, "testRunBatch", map)))
		ThrowBpfError(env, "testRunBatch", error, map);
	if (int error = output.Open(Map(env, "testRunBatch", answer_map)))
		ThrowBpfError(env, "testRunBatch", error, answer_map);

	auto results = Napi::BigUint64Array::New(env, packets.Length());
	size_t dirty = 0;
	try {
		uint8_t *verdict = Range(output, answer_offset, sizeof(uint64_t));
		for (uint32_t index = 0; index < packets.Length(); index++) {
			Napi::HandleScope scope(env);
			auto packet = packets.Get(index).As<Napi::Uint8Array>();
			size_t length = packet.ByteLength();
			uint8_t *place = Range(input, offset, std::max(length, dirty));
			memcpy(place, packet.Data(), length);
			if (dirty > length)
				memset(place + length, 0, dirty - length);
			dirty = length;
			for (const LengthField &field : fields) {
				uint64_t value = field.plus + length;
				memcpy(Range(input, field.offset, field.bytes), &value,
				       field.bytes);
			}
			memset(verdict, 0, sizeof(uint64_t));
			LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = context.Data(),
				    .ctx_size_in = static_cast<__u32>(context.ByteLength()));
			if (int error = bpf_prog_test_run_opts(fd, &options))
				throw BatchError(error);
			memcpy(&results[index], verdict, sizeof(uint64_t));
		}
	} catch (const BatchError &failure) {
		ThrowBpfError(env, "testRunBatch", failure.error, name);
	}
	return results;
}
