#include "harness/stages/program/program_meter.h"

#include <unistd.h>

#include <algorithm>

#include "harness/measurement/process_tree.h"

namespace bench::harness {

void ProgramMeter::LookIfDue() {
  constexpr Clock::duration kShortest = std::chrono::milliseconds(50);
  constexpr int kShare = 100;
  const Clock::time_point begin = Clock::now();
  if (begin < due_) return;
  const ProcessTree tree = ReadProcessTree(::getpid());
  peak_resident_bytes_ = std::max(peak_resident_bytes_, tree.resident_bytes);
  gpu_.Sample(tree.processes);
  const Clock::time_point end = Clock::now();
  due_ = end + std::max(kShortest, kShare * (end - begin));
}

}  // namespace bench::harness
