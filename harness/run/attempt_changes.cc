#include "harness/run/attempt_changes.h"

#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "harness/definition/definition.h"
#include "results/record.h"

namespace bench::harness {
namespace {

using results::Attribute;
using results::RunHeader;

constexpr char kNoLongerStrict[] = ": the same training up to rounding, not bit for bit";
constexpr char kOtherBits[] = ": other bits than those of one attempt are possible";

std::optional<Attribute> Known(const RunHeader& header, std::string_view name) {
  const auto found = header.provenance.find(std::string(name));
  if (found == header.provenance.end()) return std::nullopt;
  return found->second;
}

bool Same(const RunHeader& begun, const RunHeader& now, std::string_view name) {
  return Known(begun, name) == Known(now, name);
}

// Journals of before programs had a digest name their source.
bool SameBuild(const RunHeader& begun, const RunHeader& now) {
  const bool known = Known(begun, results::kProgramSha256) && Known(now, results::kProgramSha256);
  if (known) return Same(begun, now, results::kProgramSha256);
  return Same(begun, now, results::kSourceCommit) && Same(begun, now, results::kSourceDirty) &&
         Same(begun, now, results::kSourceDiffSha256);
}

std::string Source(const RunHeader& header) {
  constexpr size_t kDigits = 12;
  const auto text = [&](std::string_view name, const char* unknown) {
    const std::optional<Attribute> value = Known(header, name);
    const std::string* known = value ? std::get_if<std::string>(&*value) : nullptr;
    return known == nullptr ? std::string(unknown) : known->substr(0, kDigits);
  };
  return absl::StrCat("program ", text(results::kProgramSha256, "unknown"), " of commit ",
                      text(results::kSourceCommit, "unknown"));
}

}  // namespace

std::vector<std::string> ChangesSince(const RunHeader& begun, const RunHeader& now) {
  // Sums over ranks are rounded in another order on another number of them.
  const bool rounds = now.stage != Name(StageKind::kCorpus);
  std::vector<std::string> changes;
  const auto add = [&](const auto& before, const auto& after) {
    changes.push_back(absl::StrCat("begun ", before, ", continuing ", after,
                                   rounds ? kNoLongerStrict : kOtherBits));
  };
  if (rounds && begun.world_size != now.world_size) {
    add(absl::StrCat("with ", begun.world_size, " ranks"), absl::StrCat("with ", now.world_size));
  }
  if (begun.machine_class != now.machine_class) {
    add("on machine class " + begun.machine_class, "on " + now.machine_class);
  }
  if (begun.device != now.device) add("on " + begun.device, "on " + now.device);
  if (!SameBuild(begun, now)) add("by " + Source(begun), "by " + Source(now));
  return changes;
}

}  // namespace bench::harness
