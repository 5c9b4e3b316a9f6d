// Btf: questions about one BTF file, answered without copying it into JavaScript.
#pragma once
#include "addon.hpp"
#include "btf-index.hpp"
#include "btf-types.hpp"
#include <memory>

struct btf;

class Btf : public Napi::ObjectWrap<Btf>
{
      public:
	static void Init(Napi::Env env, Napi::Object exports);
	explicit Btf(const Napi::CallbackInfo &info);
	~Btf() override;

      private:
	using Space = BtfIndex::Space;

	Napi::Value Struct(const Napi::CallbackInfo &info);
	Napi::Value Member(const Napi::CallbackInfo &info);
	Napi::Value EnumValues(const Napi::CallbackInfo &info);
	Napi::Value FunctionParameters(const Napi::CallbackInfo &info);
	Napi::Value FunctionReturn(const Napi::CallbackInfo &info);
	Napi::Value TracepointParameters(const Napi::CallbackInfo &info);
	Napi::Value Tracepoints(const Napi::CallbackInfo &info);
	Napi::Value Has(const Napi::CallbackInfo &info);
	// btf-variable.cpp
	Napi::Value VariableReadable(const Napi::CallbackInfo &info);

	// The first complete type of that name, a module's own before the kernel's; 0: none.
	uint32_t Find(Space space, const std::string &name);
	uint32_t FindComposite(const std::string &name);
	uint32_t Complete(uint32_t type);
	// Whether this BTF tells signed enums from unsigned ones.
	bool EnumSigns();
	const BtfIndex &Index();
	uint32_t FirstOwnType() const;
	// The prototype that a pointer typedef (btf_trace_NAME) or a function refers to; 0: none.
	uint32_t Prototype(uint32_t type) const;
	Napi::Object Facts(Napi::Env env, const TypeFacts &facts) const;
	Napi::Array Parameters(Napi::Env env, uint32_t prototype, uint32_t skip) const;

	struct btf *btf_ = nullptr;
	Btf *base_ = nullptr;
	Napi::ObjectReference keep_base_;
	std::shared_ptr<const BtfIndex> index_;
};
