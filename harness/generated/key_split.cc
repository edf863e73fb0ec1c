#include "harness/generated/key_split.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace bench::harness::generated {

uint64_t KeySplit::Hash(std::string_view key) const {
  return seeds_.For(SeedPurpose::kRows, absl::StrCat("key/", internal::View(key)));
}

bool KeySplit::IsHeldOut(std::string_view key) const {
  return static_cast<double>(Hash(key) >> 11) * 0x1.0p-53 < held_out_fraction_;
}

Random KeySplit::Stream(std::string_view name) const {
  return Random(seeds_.For(SeedPurpose::kRows, name));
}

}  // namespace bench::harness::generated
