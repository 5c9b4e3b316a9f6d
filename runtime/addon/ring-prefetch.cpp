#include "ring-prefetch.hpp"
#include <thread>
#include <unistd.h>
extern "C" {
#include <bpf/bpf.h>
}

static std::thread maker;
static uint32_t size = 0;
static int ring = -1;

// The name that the map has in the compiled C. Whatever stands in the way, such as a missing
// privilege, is found again, and said, when the object is loaded.
static void Make()
{
	ring = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "events", 0, 0, size, nullptr);
}

static void Join(void *)
{
	if (maker.joinable())
		maker.join();
}

int TakePrefetchedRing(uint32_t bytes)
{
	Join(nullptr);
	int taken = ring;
	ring = -1;
	if (taken < 0 || size == bytes)
		return taken;
	close(taken);
	return -1;
}

// prefetchRing(bytes): once per process.
static Napi::Value Prefetch(const Napi::CallbackInfo &info)
{
	if (size == 0) {
		size = info[0].As<Napi::Number>();
		maker = std::thread(Make);
	}
	return info.Env().Undefined();
}

void InitRingPrefetch(Napi::Env env, Napi::Object exports)
{
	Export(env, exports, "prefetchRing", Prefetch);
	napi_add_env_cleanup_hook(env, Join, nullptr);
}
