// Attaching one loaded program to the target that JavaScript describes (AttachTarget in addon.ts).
#pragma once
#include "addon.hpp"

struct bpf_link;
struct bpf_program;

struct bpf_link *AttachProgram(Napi::Env env, struct bpf_program *program, Napi::Object target);
