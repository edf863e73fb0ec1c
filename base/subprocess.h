// Runs another program and collects what it printed; no shell, with a time limit.
//
// Standard input is empty; standard output and error are kept apart. The program gets its own
// process group and the default signal dispositions; when the time or the output limit is reached
// or the caller cancels, the whole group is killed. Errors: EnvironmentError naming the program
// when it cannot be started, does not end in time, prints too much or dies by a signal;
// StoppedError when the caller cancels. A non-zero exit code is no error here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace bench {

struct ProgramOutput {
  int exit_code = 0;
  std::string out;
  std::string err;
};

struct ProgramOptions {
  std::string folder;                              // working folder; "" is the caller's
  std::map<std::string, std::string> environment;  // set on top of the caller's
  std::vector<std::string> removed_variables;      // not passed on
  std::chrono::milliseconds timeout{10000};
  // Where it is given up: how long it may take to end by itself after SIGTERM. Programs that put
  // children into groups of their own (ninja, make) end these themselves.
  std::chrono::milliseconds grace{0};
  std::function<bool()> cancelled;               // asked at least every second; empty: never
  int64_t max_output_bytes = int64_t{64} << 20;  // of each stream
};

// `argv[0]` is looked up on PATH unless it contains a slash.
absl::StatusOr<ProgramOutput> RunProgram(const std::vector<std::string>& argv,
                                         const ProgramOptions& options = {});

}  // namespace bench
