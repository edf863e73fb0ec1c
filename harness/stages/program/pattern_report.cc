#include "harness/stages/program/pattern_report.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/stages/program/reported_number.h"

namespace bench::harness {
namespace {

constexpr const char* kStep = "step";
constexpr const char* kTokens = "tokens";
constexpr const char* kLabel = "label";

// A number of the groups that is taken out of them; absent where the group is.
absl::StatusOr<std::optional<int64_t>> TakeInteger(NamedPattern::Groups& groups, const char* name) {
  const auto found = groups.find(name);
  if (found == groups.end()) return std::nullopt;
  const auto value = PrintedInteger(found->second);
  if (!value) {
    return DataError(absl::StrCat("group ", name, " has ", QuotedForMessage(found->second),
                                  ", which is no whole number"));
  }
  groups.erase(found);
  return value;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ReportReader>> PatternReport::Make(const ReportSpec& spec) {
  BENCH_ASSIGN_OR_RETURN(NamedPattern pattern, NamedPattern::Compile(spec.pattern));
  return std::unique_ptr<ReportReader>(new PatternReport(std::move(pattern)));
}

absl::Status PatternReport::Line(const StreamLine& line, MetricSink& sink) {
  BENCH_ASSIGN_OR_RETURN(auto groups, pattern_.Search(line.text));
  if (!groups) return absl::OkStatus();
  ++num_matches_;
  BENCH_ASSIGN_OR_RETURN(const auto step, TakeInteger(*groups, kStep));
  BENCH_ASSIGN_OR_RETURN(const auto tokens, TakeInteger(*groups, kTokens));
  const auto label = groups->extract(kLabel);
  const std::string suffix = label.empty() ? "" : absl::StrCat("/", label.mapped());
  const ReportedPosition position = {step.value_or(num_matches_), tokens};
  for (const auto& [key, text] : *groups) {
    const auto value = PrintedNumber(text);
    if (!value) {
      return DataError(
          absl::StrCat("group ", key, " has ", QuotedForMessage(text), ", which is no number"));
    }
    BENCH_RETURN_IF_ERROR(sink.AsDeclared(position, {key + suffix, *value}));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
