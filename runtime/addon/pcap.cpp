// libpcap's compiler and interpreter of filter expressions. <pcap.h> and <linux/bpf.h> both define
// struct bpf_insn: nothing of libbpf may be included here.
#include "addon.hpp"
#include <memory>
#include <pcap/pcap.h>

// pcapCompile(expression, linkType, snapLength): 8 bytes an
// instruction. libpcap's message when it fails.
static Napi::Value PcapCompile(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	std::string expression = StringAt(info, 0);
	int link_type = info[1].As<Napi::Number>();
	int snap_length = info[2].As<Napi::Number>();
	std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(
		pcap_open_dead(link_type, snap_length), pcap_close);
	if (!handle)
		throw Napi::Error::New(env, "pcap_open_dead failed");
	struct bpf_program program = {};
	if (pcap_compile(handle.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) < 0)
		throw Napi::Error::New(env, pcap_geterr(handle.get()));
	auto code = Napi::Buffer<uint8_t>::Copy(env, reinterpret_cast<uint8_t *>(program.bf_insns),
						program.bf_len * sizeof(struct bpf_insn));
	pcap_freecode(&program);
	return code;
}

// pcapMatch(code, packet, wireLength): what libpcap itself says about the packet.
static Napi::Value PcapMatch(const Napi::CallbackInfo &info)
{
	auto code = info[0].As<Napi::Uint8Array>();
	auto packet = info[1].As<Napi::Uint8Array>();
	uint32_t wire_length = info[2].As<Napi::Number>();
	const auto *instructions = reinterpret_cast<const struct bpf_insn *>(code.Data());
	int count = static_cast<int>(code.ByteLength() / sizeof(struct bpf_insn));
	if (!bpf_validate(instructions, count))
		throw Napi::Error::New(info.Env(), "not a valid filter program");
	unsigned int verdict = bpf_filter(instructions, packet.Data(), wire_length,
					  static_cast<unsigned int>(packet.ByteLength()));
	return Napi::Boolean::New(info.Env(), verdict != 0);
}

void InitPcap(Napi::Env env, Napi::Object exports)
{
	Export(env, exports, "pcapCompile", PcapCompile);
	Export(env, exports, "pcapMatch", PcapMatch);
}
