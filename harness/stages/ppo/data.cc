#include "harness/stages/ppo/data.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/data/disjoint_prompts.h"
#include "harness/data/held_out.h"
#include "harness/data/instruction_records.h"
#include "harness/data/prompt.h"
#include "harness/data/translations.h"
#include "harness/stages/sft/data.h"

namespace bench::harness {
namespace {

constexpr char kUnlabelled[] = "all";

using PromptList = std::vector<PpoPrompt> PpoTaskPrompts::*;

double HashOf(const SftExample& example) {
  return HeldOutHash(example.instruction, example.input, example.earlier);
}

// Names are compared, so that one file cannot be two parts.
struct Part {
  std::string name, path;
};

class Loader {
 public:
  Loader(const PpoSpec& spec, const PromptEncoder& encoder) : spec_(spec), encoder_(encoder) {}

  absl::Status AddFile(const Part& part, PromptList list) {
    return Visit(part.path, [&](SftExample example, const std::string& where) {
      BENCH_RETURN_IF_ERROR(Claim(example, part));
      Add(std::move(example), list, where);
      return absl::OkStatus();
    });
  }

  // Training and held-out prompts of one file.
  absl::Status AddSplitFile(const std::string& path) {
    BENCH_RETURN_IF_ERROR(Visit(path, [&](SftExample example, const std::string& where) {
      const bool held_out = HashOf(example) < spec_.data.source.validation_fraction;
      Add(std::move(example), held_out ? &PpoTaskPrompts::held_out : &PpoTaskPrompts::train, where);
      return absl::OkStatus();
    }));
    FillEmptyPart();
    return absl::OkStatus();
  }

  // DataError for a prompt of this part that is in another.
  absl::Status CheckDisjointFrom(const Part& part) {
    return Visit(part.path, [&](const SftExample& example, const std::string&) {
      return Claim(example, part);
    });
  }

  PpoData Take() {
    for (auto& [task, prompts] : tasks_) data_.tasks.push_back(std::move(prompts));
    return std::move(data_);
  }

 private:
  absl::Status Visit(const std::string& path, const LocatedExampleVisitor& handle) {
    BENCH_ASSIGN_OR_RETURN(const RecordReport report,
                           VisitExamples(path, ExampleOptionsOf(spec_.data.source), handle));
    data_.left_out.invalid.Merge(report.skipped);
    return absl::OkStatus();
  }

  // Of a file too small for the hash to give both parts prompts.
  void FillEmptyPart() {
    const auto hash_of = [](const PpoPrompt& prompt) { return HashOf(prompt.example); };
    std::vector<SplitRows<PpoPrompt>> lists;
    for (auto& [name, prompts] : tasks_) lists.push_back({&prompts.train, &prompts.held_out});
    harness::FillEmptyPart(lists, hash_of);
  }

  absl::Status Claim(const SftExample& example, const Part& part) {
    return prompts_.Add(
        part.name, PromptSha256(example.instruction, example.input, example.earlier), part.path);
  }

  bool IsInMix(const std::string& task) const {
    const std::vector<TaskWeight>& mix = spec_.data.source.mix;
    return mix.empty() || std::any_of(mix.begin(), mix.end(), [&](const TaskWeight& weight) {
             return weight.task == task;
           });
  }

  void Add(SftExample example, PromptList list, const std::string& where) {
    const std::string task = example.task.empty() ? kUnlabelled : example.task;
    if (!IsInMix(task)) return;
    std::vector<int64_t> tokens = encoder_.Prompt(example);
    if (tokens.empty() || std::ssize(tokens) > spec_.max_prompt_tokens()) {
      data_.left_out.dropped.Add("no room for a response within training.max_tokens", where);
      return;
    }
    PpoTaskPrompts& prompts = tasks_[task];
    prompts.task = task;
    (prompts.*list).push_back({std::move(example), std::move(tokens)});
  }

  const PpoSpec& spec_;
  const PromptEncoder& encoder_;
  DisjointPrompts prompts_;
  std::map<std::string, PpoTaskPrompts> tasks_;
  PpoData data_;
};

// What the policy and its reward model were trained on.
constexpr std::array<std::string_view, 2> kTaughtParts = {"sft", "reward"};

absl::Status CheckPart(const std::string& key, const std::string& part) {
  const auto is_in = [&](const auto& parts) {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
  };
  if (!is_in(kTranslationParts)) {
    return UsageError(absl::StrCat(
        "data.", key, ": the data set has no part \"", part, "\", but ",
        absl::StrJoin(kTranslationParts.begin(), kTranslationParts.end(), ", ",
                      [](std::string* text, std::string_view name) { text->append(name); })));
  }
  if (!is_in(kTaughtParts)) return absl::OkStatus();
  return UsageError(absl::StrCat("data.", key, ": the policy or its reward model was trained on \"",
                                 part, "\", which is not asked again: choose another part"));
}

absl::Status AddDataset(const Artifact& dataset, const PpoDataSpec& spec, Loader& loader) {
  const auto file = [&](std::string_view name) {
    return Part{std::string(name), dataset.File(std::string(name) + ".jsonl")};
  };
  BENCH_RETURN_IF_ERROR(CheckPart("dataset_part", spec.dataset_part));
  BENCH_RETURN_IF_ERROR(CheckPart("evaluation_part", spec.evaluation_part));
  BENCH_RETURN_IF_ERROR(CheckHasRecords(dataset, spec.dataset_part));
  BENCH_RETURN_IF_ERROR(loader.AddFile(file(spec.dataset_part), &PpoTaskPrompts::train));
  BENCH_RETURN_IF_ERROR(loader.AddFile(file(spec.evaluation_part), &PpoTaskPrompts::held_out));
  for (const std::string_view part : kTranslationParts) {
    if (part == spec.dataset_part || part == spec.evaluation_part) continue;
    if (!Exists(file(part).path)) continue;  // generated records have no part for rewards
    BENCH_RETURN_IF_ERROR(loader.CheckDisjointFrom(file(part)));
  }
  return absl::OkStatus();
}

absl::Status CheckNotEmpty(const PpoData& data, bool has_mix) {
  bool has_train = false;
  bool has_held_out = false;
  for (const PpoTaskPrompts& task : data.tasks) {
    has_train |= !task.train.empty();
    has_held_out |= !task.held_out.empty();
  }
  if (has_train && has_held_out) return absl::OkStatus();
  return DataError(absl::StrCat("no prompt is left to ", has_train ? "evaluate" : "train", " on (",
                                data.left_out.dropped.count(),
                                " dropped: no room for a response within training.max_tokens)",
                                has_mix ? "; only tasks of data.mix are taken" : ""));
}

}  // namespace

absl::StatusOr<PpoData> LoadPpoData(const PpoSpec& spec, const Tokenizer& tokenizer,
                                    const std::map<std::string, Artifact>& inputs) {
  const SftDataSpec& source = spec.data.source;
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(tokenizer, source.prompt_template));
  Loader loader(spec, encoder);
  if (!source.path) {
    BENCH_RETURN_IF_ERROR(AddDataset(inputs.at("dataset"), spec.data, loader));
  } else if (source.validation_path) {
    BENCH_RETURN_IF_ERROR(loader.AddFile({"path", *source.path}, &PpoTaskPrompts::train));
    BENCH_RETURN_IF_ERROR(
        loader.AddFile({"validation_path", *source.validation_path}, &PpoTaskPrompts::held_out));
  } else {
    BENCH_RETURN_IF_ERROR(loader.AddSplitFile(*source.path));
  }
  PpoData data = loader.Take();
  data.answer_form = encoder.answer_form();
  BENCH_RETURN_IF_ERROR(CheckNotEmpty(data, !source.mix.empty()));
  return data;
}

int64_t LongestPrompt(const PpoData& data) {
  int64_t longest = 0;
  for (const PpoTaskPrompts& task : data.tasks) {
    for (const std::vector<PpoPrompt>* prompts : {&task.train, &task.held_out}) {
      for (const PpoPrompt& prompt : *prompts) {
        longest = std::max(longest, std::ssize(prompt.tokens));
      }
    }
  }
  return longest;
}

absl::StatusOr<PpoMixture> MixtureOf(const PpoData& data, const std::vector<TaskWeight>& mix) {
  std::map<std::string, int64_t> num_prompts;
  std::map<std::string, const std::vector<PpoPrompt>*> prompts;
  for (const PpoTaskPrompts& task : data.tasks) {
    if (task.train.empty()) continue;
    num_prompts[task.task] = std::ssize(task.train);
    prompts[task.task] = &task.train;
  }
  PpoMixture mixture;
  BENCH_ASSIGN_OR_RETURN(mixture.parts, MixtureOf(num_prompts, mix));
  for (const MixturePart& part : mixture.parts) mixture.prompts.push_back(prompts.at(part.task));
  return mixture;
}

}  // namespace bench::harness
