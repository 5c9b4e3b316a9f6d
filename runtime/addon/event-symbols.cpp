// /proc/kallsyms -> sorted text symbols. Data symbols are left out: nothing runs there.
#include "event-symbols.hpp"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

SymbolTable::SymbolTable(int fd) : fd_(fcntl(fd, F_DUPFD_CLOEXEC, 3))
{
}

SymbolTable::~SymbolTable()
{
	if (fd_ >= 0)
		close(fd_);
}

void SymbolTable::Read()
{
	std::string chunk(1 << 18, '\0');
	ssize_t length;
	off_t at = 0;
	while ((length = pread(fd_, chunk.data(), chunk.size(), at)) > 0 ||
	       (length < 0 && errno == EINTR)) {
		if (length < 0)
			continue;
		text_.append(chunk.data(), static_cast<size_t>(length));
		at += length;
	}
	Parse();
}

// Lines of `ffffffff81000000 T name[\t[module]]`.
void SymbolTable::Parse()
{
	const char *begin = text_.data(), *end = begin + text_.size();
	symbols_.reserve(text_.size() / 48);
	for (const char *line = begin; line + 19 < end;) {
		char kind = line[17];
		if (kind == 't' || kind == 'T' || kind == 'w' || kind == 'W') {
			uint64_t address = 0;
			for (int digit = 0; digit < 16; digit++) {
				char code = line[digit];
				address = address << 4 |
					  static_cast<uint64_t>(code <= '9' ? code - '0'
									    : code - 'a' + 10);
			}
			if (address != 0)
				symbols_.push_back(
					{address, static_cast<uint32_t>(line + 19 - begin)});
		}
		auto *next = static_cast<const char *>(
			memchr(line + 19, '\n', static_cast<size_t>(end - line - 19)));
		if (next == nullptr)
			break;
		line = next + 1;
	}
	std::stable_sort(symbols_.begin(), symbols_.end(),
			 [](const Symbol &a, const Symbol &b) { return a.address < b.address; });
}

std::string SymbolTable::NameAt(uint32_t at) const
{
	// It ends with the line, or at the tab before a module's name.
	return text_.substr(at, std::min(text_.find_first_of("\t\n", at), text_.size()) - at);
}

std::string SymbolTable::Hexadecimal(uint64_t address)
{
	char text[24];
	snprintf(text, sizeof(text), "0x%x%08x", static_cast<unsigned>(address >> 32),
		 static_cast<unsigned>(address));
	return text;
}

std::string SymbolTable::Name(uint64_t address)
{
	std::call_once(read_, [this] { Read(); });
	auto above = std::upper_bound(
		symbols_.begin(), symbols_.end(), address,
		[](uint64_t wanted, const Symbol &symbol) { return wanted < symbol.address; });
	if (above == symbols_.begin())
		return Hexadecimal(address);
	const Symbol &found = above[-1];
	char offset[24];
	snprintf(offset, sizeof(offset), "+0x%llx",
		 static_cast<unsigned long long>(address - found.address));
	return NameAt(found.name) + offset;
}

bool SymbolTable::Has(const std::string &name)
{
	std::call_once(read_, [this] { Read(); });
	return std::any_of(symbols_.begin(), symbols_.end(), [&](const Symbol &symbol) {
		return text_.compare(symbol.name, name.size(), name) == 0 &&
		       NameAt(symbol.name) == name;
	});
}

void Kallsyms::Init(Napi::Env env, Napi::Object exports)
{
	exports.Set("Kallsyms", DefineClass(env, "Kallsyms",
					    {
						    InstanceMethod<&Kallsyms::Name>("name"),
						    InstanceMethod<&Kallsyms::Has>("has"),
					    }));
}

Kallsyms::Kallsyms(const Napi::CallbackInfo &info)
    : ObjectWrap(info),
      table_(std::make_shared<SymbolTable>(info[0].As<Napi::Number>().Int32Value()))
{
}

// name(high, low): the halves of an address, which a double does not hold whole.
Napi::Value Kallsyms::Name(const Napi::CallbackInfo &info)
{
	uint64_t high = info[0].As<Napi::Number>().Uint32Value();
	uint64_t low = info[1].As<Napi::Number>().Uint32Value();
	return Napi::String::New(info.Env(), table_->Name(high << 32 | low));
}

Napi::Value Kallsyms::Has(const Napi::CallbackInfo &info)
{
	return Napi::Boolean::New(info.Env(), table_->Has(StringAt(info, 0)));
}
