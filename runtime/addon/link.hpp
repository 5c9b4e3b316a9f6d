// One attachment. It ends with detach(), with its object, or with the process.
#pragma once
#include "addon.hpp"
#include <memory>

struct bpf_link;

// Shared by the JavaScript object and by the BpfObject that closes it.
struct Attachment {
	struct bpf_link *link;

	explicit Attachment(struct bpf_link *attached) : link(attached)
	{
	}
	~Attachment()
	{
		Detach();
	}
	int Detach();
};

class BpfLink : public Napi::ObjectWrap<BpfLink>
{
      public:
	static void Init(Napi::Env env);
	static Napi::Object New(Napi::Env env, std::shared_ptr<Attachment> attachment);
	explicit BpfLink(const Napi::CallbackInfo &info);

      private:
	Napi::Value Detach(const Napi::CallbackInfo &info);
	Napi::Value Fd(const Napi::CallbackInfo &info);

	std::shared_ptr<Attachment> attachment_;
};
