// What rank 0 tells the others when it has prepared a run: where it is, on what, and after which
// step.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "harness/store/store.h"

namespace bench::harness {

struct SharedStart {
  bool complete = false;  // there is nothing to do
  std::string folder;
  std::map<std::string, Artifact> inputs;
  int64_t step = 0;            // of the checkpoint to continue after
  std::string device;          // that of all
  InputDigests digests;        // of the inputs
  std::string tensors_sha256;  // of the checkpoint; empty: there is none
};

// As text, and back. ParseStart throws at what Format did not make.
std::string Format(const SharedStart& start);
SharedStart ParseStart(const std::string& text);

// UsageError, naming the rank and the role, where `own`, digests of what this rank reads from
// outside the store, are not among rank 0's.
absl::Status CheckSameContent(const InputDigests& own, const SharedStart& start, int64_t rank);

}  // namespace bench::harness
