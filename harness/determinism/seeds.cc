#include "harness/determinism/seeds.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {
namespace {

uint64_t FirstEightBytes(const std::string& hex) {
  uint64_t seed = 0;
  for (size_t byte = 8; byte-- > 0;) {
    seed = seed << 8 | std::stoul(hex.substr(2 * byte, 2), nullptr, 16);
  }
  return seed;
}

}  // namespace

std::string_view Name(SeedPurpose purpose) {
  switch (purpose) {
    case SeedPurpose::kWeights:
      return "weights";
    case SeedPurpose::kDataOrder:
      return "data_order";
    case SeedPurpose::kSampling:
      return "sampling";
    case SeedPurpose::kRows:
      return "rows";
  }
  return "unknown";
}

uint64_t SeedSource::For(SeedPurpose purpose) const { return For(purpose, ""); }

uint64_t SeedSource::For(SeedPurpose purpose, std::string_view stream) const {
  std::string text = absl::StrCat("bench-seed\n", base_seed, "\n", internal::View(Name(purpose)),
                                  "\n", replicate, "\n");
  if (!stream.empty()) absl::StrAppend(&text, internal::View(stream), "\n");
  return FirstEightBytes(Sha256Hex(text));
}

}  // namespace bench::harness
