// The kernel's symbol table, read when the first address is to be named; shared by threads.
#pragma once
#include "addon.hpp"
#include <memory>
#include <mutex>
#include <string>
#include <vector>

class SymbolTable
{
      public:
	// Keeps a descriptor of its own: the right to see addresses belongs to whoever opened the
	// file.
	explicit SymbolTable(int fd);
	~SymbolTable();
	SymbolTable(const SymbolTable &) = delete;
	SymbolTable &operator=(const SymbolTable &) = delete;

	// `tcp_v4_rcv+0x9e`; the address where no symbol is below it.
	std::string Name(uint64_t address);
	bool Has(const std::string &name);

	static std::string Hexadecimal(uint64_t address);

      private:
	struct Symbol {
		uint64_t address;
		uint32_t name; // where it begins in text_
	};

	void Read();
	void Parse();
	std::string NameAt(uint32_t at) const;

	int fd_;
	std::once_flag read_;
	std::string text_;
	std::vector<Symbol> symbols_;
};

// new Kallsyms(fd)
class Kallsyms : public Napi::ObjectWrap<Kallsyms>
{
      public:
	static void Init(Napi::Env env, Napi::Object exports);
	explicit Kallsyms(const Napi::CallbackInfo &info);

	std::shared_ptr<SymbolTable> Table() const
	{
		return table_;
	}

      private:
	Napi::Value Name(const Napi::CallbackInfo &info);
	Napi::Value Has(const Napi::CallbackInfo &info);

	std::shared_ptr<SymbolTable> table_;
};
