#include "harness/data/held_out.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"

namespace bench::harness {

bool IsHeldOut(std::string_view instruction, std::string_view input, double fraction) {
  const std::string hash =
      Sha256Hex(absl::StrCat("bench-split\n", std::string(instruction), "\n", std::string(input)));
  // 13 hexadecimal digits are 52 bits, exact in a double.
  return static_cast<double>(std::stoull(hash.substr(0, 13), nullptr, 16)) * 0x1.0p-52 < fraction;
}

}  // namespace bench::harness
