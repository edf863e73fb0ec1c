#include "harness/measurement/program_version.h"

#include "absl/strings/str_cat.h"
#include "harness/measurement/build_info.h"

namespace bench::harness {
namespace {

std::string Fact(std::string_view name) {
  for (const auto& [key, value] : kBuildFacts) {
    if (key == name) return std::string(value);
  }
  return "";
}

}  // namespace

std::string ProgramVersion(std::string_view program) {
  const std::string torch = Fact("torch_version");
  return absl::StrCat(std::string(program), " ", Fact("version"),
                      torch.empty() ? "" : absl::StrCat(" (LibTorch ", torch, ")"));
}

}  // namespace bench::harness
