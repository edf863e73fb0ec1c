#include "harness/stages/preferences/data.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/data/held_out.h"
#include "harness/data/instruction_records.h"
#include "harness/data/translations.h"

namespace bench::harness {
namespace {

double HashOf(const SftExample& example) {
  return HeldOutHash(example.instruction, example.input, example.earlier);
}

class Loader {
 public:
  explicit Loader(const PreferencesDataSpec& spec) : spec_(spec) {}

  absl::Status AddDataset(const Artifact& dataset) {
    DisjointPrompts prompts;
    for (const std::string_view name : kTranslationParts) {
      const std::string part(name);
      BENCH_RETURN_IF_ERROR(AddPart(part, dataset.File(part + ".jsonl"), prompts));
    }
    records_.parts = prompts.parts();
    BENCH_RETURN_IF_ERROR(CheckIsPart("dataset_part", spec_.dataset_part));
    return CheckIsPart("validation_part", spec_.validation_part);
  }

  // Training and held-out records of one file.
  absl::Status AddSplitFile(const std::string& path) {
    BENCH_ASSIGN_OR_RETURN(
        const RecordReport report,
        VisitExamples(path, ExampleOptionsOf(spec_), [&](SftExample example, const std::string&) {
          const bool held_out = HashOf(example) < spec_.validation_fraction;
          Add(std::move(example), held_out ? records_.validation : records_.train);
          return absl::OkStatus();
        }));
    records_.left_out.invalid.Merge(report.skipped);
    // Of a file too small for the hash to give both parts records.
    FillEmptyPart<SftExample>({{&records_.train, &records_.validation}}, HashOf);
    return absl::OkStatus();
  }

  PreferenceRecords Take() { return std::move(records_); }

 private:
  absl::Status AddPart(const std::string& part, const std::string& path, DisjointPrompts& prompts) {
    int64_t line = 0;  // artifacts have no blank ones
    return VisitAlpaca(path, {},
                       [&](SftExample example) -> absl::Status {
                         BENCH_RETURN_IF_ERROR(
                             prompts.Add(part, PromptSha256(example.instruction, example.input),
                                         absl::StrCat(path, ":", ++line)));
                         if (part == spec_.dataset_part) Add(example, records_.train);
                         if (part == spec_.validation_part) {
                           Add(std::move(example), records_.validation);
                         }
                         return absl::OkStatus();
                       })
        .status();
  }

  absl::Status CheckIsPart(const std::string& key, const std::string& part) const {
    if (records_.parts.contains(part)) return absl::OkStatus();
    return UsageError(
        absl::StrCat("data.", key, ": the data set has no part \"", part, "\", but ",
                     absl::StrJoin(records_.parts, ", ", [](std::string* text, const auto& entry) {
                       absl::StrAppend(text, entry.first);
                     })));
  }

  void Add(SftExample example, std::vector<SftExample>& part) {
    records_.right_answers.Add(example);
    const bool is_wanted = spec_.tasks.empty() || std::find(spec_.tasks.begin(), spec_.tasks.end(),
                                                            example.task) != spec_.tasks.end();
    const bool has_room = spec_.max_prompts == 0 || std::ssize(part) < spec_.max_prompts;
    if (is_wanted && has_room) part.push_back(std::move(example));
  }

  const PreferencesDataSpec& spec_;
  PreferenceRecords records_;
};

absl::Status CheckNotEmpty(const PreferenceRecords& records) {
  const std::string hint = "of data.tasks, where that is given";
  if (records.train.empty()) {
    return DataError(absl::StrCat("there is no record to make training pairs from (", hint, ")"));
  }
  if (records.validation.empty()) {
    return DataError(
        absl::StrCat("no record is held out (", hint,
                     "): take another validation part, or records with another prompt: "
                     "equal prompts stay together"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PreferenceRecords> LoadPreferenceRecords(
    const PreferencesDataSpec& spec, const std::map<std::string, Artifact>& inputs) {
  Loader loader(spec);
  BENCH_RETURN_IF_ERROR(spec.path ? loader.AddSplitFile(*spec.path)
                                  : loader.AddDataset(inputs.at("dataset")));
  PreferenceRecords records = loader.Take();
  BENCH_RETURN_IF_ERROR(CheckNotEmpty(records));
  return records;
}

}  // namespace bench::harness
