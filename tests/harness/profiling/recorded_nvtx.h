// What an NVTX tool sees of a piece of work (measurement/nvtx_recorder.cc).
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <string>

namespace bench::harness {

// A line a push ("push bench@forward") or pop ("pop bench"). In a program of its own: NVTX looks
// for a tool once, at its first call.
inline std::string NvtxEventsOf(const std::function<void()>& work) {
  ::setenv("NVTX_INJECTION64_PATH", BENCH_NVTX_RECORDER, 1);
  void* recorder = ::dlopen(BENCH_NVTX_RECORDER, RTLD_NOW);
  EXPECT_NE(recorder, nullptr) << ::dlerror();
  if (recorder == nullptr) return "";
  auto* events = reinterpret_cast<const char* (*)()>(::dlsym(recorder, "RecordedEvents"));
  EXPECT_NE(events, nullptr);
  if (events == nullptr) return "";
  const size_t before = std::string(events()).size();
  work();
  return std::string(events()).substr(before);
}

}  // namespace bench::harness
