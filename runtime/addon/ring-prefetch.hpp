// The ring of a trace, made beside the compiler: the kernel takes 4 ms to clear 16 MB.
#pragma once
#include "addon.hpp"

// A ring buffer map of so many bytes for the caller to close, or -1: none was begun, it has another
// size, or it could not be made. Waits for it.
int TakePrefetchedRing(uint32_t bytes);

void InitRingPrefetch(Napi::Env env, Napi::Object exports);
