// Link objects: an attachment, its descriptor and its end.
#include "link.hpp"
extern "C" {
#include <bpf/libbpf.h>
}

int Attachment::Detach()
{
	if (link == nullptr)
		return 0;
	int error = bpf_link__destroy(link);
	link = nullptr;
	return error;
}

void BpfLink::Init(Napi::Env env)
{
	AddonData::Of(env).link =
		Napi::Persistent(DefineClass(env, "Link",
					     {
						     InstanceMethod<&BpfLink::Detach>("detach"),
						     InstanceAccessor<&BpfLink::Fd>("fd"),
					     }));
}

Napi::Object BpfLink::New(Napi::Env env, std::shared_ptr<Attachment> attachment)
{
	Napi::Object object = AddonData::Of(env).link.New({});
	Unwrap(object)->attachment_ = std::move(attachment);
	return object;
}

BpfLink::BpfLink(const Napi::CallbackInfo &info) : ObjectWrap(info)
{
}

Napi::Value BpfLink::Detach(const Napi::CallbackInfo &info)
{
	LibbpfLog log;
	int error = attachment_->Detach();
	if (error)
		ThrowBpfError(info.Env(), "detach", error, "", &log);
	return info.Env().Undefined();
}

// -1 once it is detached.
Napi::Value BpfLink::Fd(const Napi::CallbackInfo &info)
{
	int fd = attachment_->link ? bpf_link__fd(attachment_->link) : -1;
	return Napi::Number::New(info.Env(), fd);
}
