#include "harness/data/preferences.h"

#include <array>
#include <utility>
#include <vector>

namespace bench::harness {
namespace {

constexpr std::array<FieldRule, 5> kFields = {{{"prompt", FieldPresence::kRequiredNotEmpty},
                                               {"chosen", FieldPresence::kRequired},
                                               {"rejected", FieldPresence::kRequired},
                                               {"task", FieldPresence::kOptional},
                                               {"input", FieldPresence::kOptional}}};

}  // namespace

absl::StatusOr<RecordReport> VisitPreferences(const std::string& path, const RecordOptions& options,
                                              const PreferenceVisitor& visit) {
  return VisitRecords(path, kFields, options, [&visit](StringRecord record) {
    std::vector<std::string>& f = record.fields;
    return visit(
        {std::move(f[0]), std::move(f[1]), std::move(f[2]), std::move(f[3]), std::move(f[4])},
        record.where);
  });
}

std::string PreferenceLine(const Preference& preference) {
  nlohmann::ordered_json line;
  line["prompt"] = preference.prompt;
  if (!preference.input.empty()) line["input"] = preference.input;
  line["chosen"] = preference.chosen;
  line["rejected"] = preference.rejected;
  if (!preference.task.empty()) line["task"] = preference.task;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace bench::harness
