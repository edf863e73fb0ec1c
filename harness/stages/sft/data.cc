#include "harness/stages/sft/data.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/data/held_out.h"
#include "harness/data/instruction_records.h"

namespace bench::harness {
namespace {

constexpr char kUnlabelled[] = "all";

using RowList = std::vector<SftRow> SftTaskRows::*;

double HashOf(const SftExample& example) {
  return HeldOutHash(example.instruction, example.input, example.earlier);
}

// The conversation up to the answer before the last that is learnt from; nullopt: there is none.
std::optional<SftExample> WithoutLastTurn(SftExample example) {
  std::vector<Turn>& turns = example.earlier.turns;
  while (!turns.empty() && !turns.back().is_trained) turns.pop_back();
  if (turns.empty()) return std::nullopt;
  example.instruction = std::move(turns.back().user);
  example.output = std::move(turns.back().assistant);
  turns.pop_back();
  return example;
}

class Loader {
 public:
  Loader(const SftSpec& spec, const PromptEncoder& encoder) : spec_(spec), encoder_(encoder) {}

  absl::Status AddFile(const std::string& path, RowList part) {
    return Visit(path, [&](const SftExample&) { return part; });
  }

  // Training and validation rows of one file.
  absl::Status AddSplitFile(const std::string& path) {
    BENCH_RETURN_IF_ERROR(Visit(path, [&](const SftExample& example) {
      const bool held_out = HashOf(example) < spec_.data.validation_fraction;
      return held_out ? &SftTaskRows::validation : &SftTaskRows::train;
    }));
    FillEmptyPart();
    return absl::OkStatus();
  }

  SftData Take() {
    for (auto& [task, rows] : tasks_) data_.tasks.push_back(std::move(rows));
    return std::move(data_);
  }

 private:
  template <typename ChoosePart>
  absl::Status Visit(const std::string& path, ChoosePart choose) {
    BENCH_ASSIGN_OR_RETURN(const RecordReport report,
                           VisitExamples(path, ExampleOptionsOf(spec_.data),
                                         [&](SftExample example, const std::string& where) {
                                           const RowList part = choose(example);
                                           Add(std::move(example), part, where);
                                           return absl::OkStatus();
                                         }));
    data_.left_out.invalid.Merge(report.skipped);
    return absl::OkStatus();
  }

  // Of a file too small for the hash to give both parts rows.
  void FillEmptyPart() {
    const auto hash_of = [](const SftRow& row) { return HashOf(row.example); };
    std::vector<SplitRows<SftRow>> lists;
    for (auto& [name, rows] : tasks_) lists.push_back({&rows.train, &rows.validation});
    harness::FillEmptyPart(lists, hash_of);
  }

  void Add(SftExample example, RowList part, const std::string& where) {
    const bool learns_all = spec_.loss_turns == LossTurns::kAll;
    auto tokenized = encoder_.Tokenize(example, spec_.training.max_tokens);
    while (!tokenized && learns_all) {
      std::optional<SftExample> shorter = WithoutLastTurn(example);
      if (!shorter) break;
      example = *std::move(shorter);
      tokenized = encoder_.Tokenize(example, spec_.training.max_tokens);
    }
    if (!tokenized) {
      data_.left_out.dropped.Add("no target within training.max_tokens", where);
      return;
    }
    const std::string task = example.task.empty() ? kUnlabelled : example.task;
    SftTaskRows& rows = tasks_[task];
    rows.task = task;
    if (!learns_all) tokenized->earlier_targets.clear();
    (rows.*part)
        .push_back({std::move(example), std::move(tokenized->tokens), tokenized->num_prompt_tokens,
                    std::move(tokenized->earlier_targets)});
  }

  const SftSpec& spec_;
  const PromptEncoder& encoder_;
  std::map<std::string, SftTaskRows> tasks_;
  SftData data_;
};

absl::Status CheckNotEmpty(const SftData& data) {
  int64_t num_train = 0;
  int64_t num_validation = 0;
  for (const SftTaskRows& task : data.tasks) {
    num_train += static_cast<int64_t>(task.train.size());
    num_validation += static_cast<int64_t>(task.validation.size());
  }
  if (num_train == 0) {
    return DataError(absl::StrCat("no row is left to train on (", data.left_out.dropped.count(),
                                  " dropped: no target within training.max_tokens)"));
  }
  if (num_validation == 0) {
    return DataError(
        "no row is held out: all have one instruction and input, and equal prompts stay together; "
        "give data.validation_path, or rows with another prompt");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckHasRecords(const Artifact& dataset, const std::string& part) {
  if (Exists(dataset.File(part + ".jsonl"))) return absl::OkStatus();
  return UsageError(absl::StrCat("data.dataset: this data set has no instruction records \"", part,
                                 "\"; rows of a grammar have some where "
                                 "generated.demonstrations of their experiment is set"));
}

absl::StatusOr<SftData> LoadSftData(const SftSpec& spec, const Tokenizer& tokenizer,
                                    const RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(tokenizer, spec.data.prompt_template));
  Loader loader(spec, encoder);
  if (spec.data.path) {
    if (spec.data.validation_path) {
      BENCH_RETURN_IF_ERROR(loader.AddFile(*spec.data.path, &SftTaskRows::train));
      BENCH_RETURN_IF_ERROR(loader.AddFile(*spec.data.validation_path, &SftTaskRows::validation));
    } else {
      BENCH_RETURN_IF_ERROR(loader.AddSplitFile(*spec.data.path));
    }
  } else {
    const Artifact& dataset = context.inputs.at("dataset");
    BENCH_RETURN_IF_ERROR(CheckHasRecords(dataset, "sft"));
    BENCH_RETURN_IF_ERROR(loader.AddFile(dataset.File("sft.jsonl"), &SftTaskRows::train));
    BENCH_RETURN_IF_ERROR(
        loader.AddFile(dataset.File("validation.jsonl"), &SftTaskRows::validation));
    BENCH_RETURN_IF_ERROR(loader.AddFile(dataset.File("test.jsonl"), &SftTaskRows::test));
  }
  SftData data = loader.Take();
  data.answer_form = encoder.answer_form();
  BENCH_RETURN_IF_ERROR(CheckNotEmpty(data));
  return data;
}

absl::StatusOr<std::vector<MixturePart>> MixtureOf(const SftData& data,
                                                   const std::vector<TaskWeight>& mix) {
  std::map<std::string, int64_t> num_rows;
  for (const SftTaskRows& task : data.tasks) {
    if (!task.train.empty()) num_rows[task.task] = static_cast<int64_t>(task.train.size());
  }
  return MixtureOf(num_rows, mix);
}

absl::StatusOr<std::vector<MixturePart>> MixtureOf(const std::map<std::string, int64_t>& num_rows,
                                                   const std::vector<TaskWeight>& mix) {
  std::vector<MixturePart> parts;
  if (mix.empty()) {
    for (const auto& [task, rows] : num_rows)
      parts.push_back({task, static_cast<double>(rows), rows});
    return parts;
  }
  for (const TaskWeight& entry : mix) {
    const auto rows = num_rows.find(entry.task);
    if (rows == num_rows.end()) {
      return DataError(absl::StrCat("data.mix: no training row has the task \"", entry.task, "\""));
    }
    parts.push_back({entry.task, entry.weight, rows->second});
  }
  return parts;
}

}  // namespace bench::harness
