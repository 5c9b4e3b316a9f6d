// The running kernel's BTF, parsed once for the whole process: 5 MB that Btf objects and libbpf
// would each parse for themselves, 10 ms every time.
#pragma once
#include "addon.hpp"
#include "btf-index.hpp"
#include <memory>

struct btf;

// Begins to parse it, on a thread of its own, unless that was done before.
void PrefetchKernelBtf();

// Waits for it. NULL with errno set: the kernel has none, or it cannot be parsed. Belongs to the
// process: btf__free() leaves it alone.
struct btf *KernelBtf();

// The names in it; only where KernelBtf() is not NULL.
std::shared_ptr<const BtfIndex> KernelBtfIndex();

// Whether a path names the running kernel's BTF.
bool IsKernelBtf(const std::string &path);

void InitKernelBtf(Napi::Env env, Napi::Object exports);
