#include "harness/stages/program/program_meter.h"

#include <unistd.h>

#include <algorithm>

namespace bench::harness {

// What cannot be read at one look is left to the others: two ways of counting are not mixed.
int64_t ProgramMeter::ResidentBytes(const ProcessTree& tree) const {
  if (group_ == nullptr) return tree.resident_bytes;
  const std::optional<int64_t> own = group_->OwnBytes();
  return own ? *own + LargestMappedFileBytes(tree.processes) : 0;
}

void ProgramMeter::LookIfDue() {
  constexpr Clock::duration kShortest = std::chrono::milliseconds(50);
  constexpr int kShare = 100;
  const Clock::time_point begin = Clock::now();
  if (begin < due_) return;
  const ProcessTree tree = ReadProcessTree(::getpid());
  peak_resident_bytes_ = std::max(peak_resident_bytes_, ResidentBytes(tree));
  gpu_.Sample(tree.processes);
  const Clock::time_point end = Clock::now();
  due_ = end + std::max(kShortest, kShare * (end - begin));
}

}  // namespace bench::harness
