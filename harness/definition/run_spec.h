// [run]: how the process runs, apart from what it learns.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bench::harness {

class FieldList;

// kStrict: fixed thread count and deterministic algorithms, so that two runs on one machine class
// are bitwise equal. kFast: whatever the libraries choose.
enum class Determinism { kStrict, kFast };
constexpr std::array<std::string_view, 2> EnumNames(Determinism) { return {"strict", "fast"}; }

struct RunSpec {
  int64_t threads = 2;
  Determinism determinism = Determinism::kStrict;
  double flush_interval_s = 5;         // results journal: at most this much is lost by SIGKILL
  int64_t checkpoint_every_steps = 0;  // 0: only when stopping and at the end
};

void Describe(RunSpec& spec, FieldList& fields);

}  // namespace bench::harness
