// What compiled code calls: the loops that run on several threads, and memory. Plain C names and
// types; it uses nothing of the project, so that a cross compiler builds it for a board's host.
#pragma once

#include <cstdint>

extern "C" {

// Calls body(begin, end, closure) for ranges that make up [0, extent): one a thread, in order, cut
// at extent * t / threads, whatever the load. Returns when all have. Called inside a body, it runs
// the whole range there.
void vta_parallel_for(int64_t extent, void (*body)(int64_t, int64_t, void*), void* closure);

// `bytes` bytes at a multiple of 64. Without memory the process ends, as there is nobody to tell.
void* vta_allocate(int64_t bytes);
void vta_release(void* memory);
}

namespace vta::codegen {

// How many threads vta_parallel_for uses from now on, the caller among them: 1 to 256, the
// processor's number at first. Not during a vta_parallel_for.
void set_threads(int threads);
int threads();

}  // namespace vta::codegen
