#include "harness/stages/ppo_data.h"

#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/data/held_out.h"
#include "harness/data/prompt.h"
#include "harness/data/translations.h"
#include "harness/stages/sft_data.h"

namespace bench::harness {
namespace {

constexpr char kUnlabelled[] = "all";

using PromptList = std::vector<PpoPrompt> PpoTaskPrompts::*;

// Names are compared, so that one file cannot be two parts.
struct Part {
  std::string name, path;
};

class Loader {
 public:
  Loader(const PpoSpec& spec, const PromptEncoder& encoder) : spec_(spec), encoder_(encoder) {}

  absl::Status AddFile(const Part& part, PromptList list) {
    return Visit(part.path, [&](SftExample example) {
      BENCH_RETURN_IF_ERROR(Claim(example, part));
      Add(std::move(example), list);
      return absl::OkStatus();
    });
  }

  // Training and held-out prompts of one file.
  absl::Status AddSplitFile(const std::string& path) {
    return Visit(path, [&](SftExample example) {
      const bool held_out =
          IsHeldOut(example.instruction, example.input, spec_.data.source.validation_fraction);
      Add(std::move(example), held_out ? &PpoTaskPrompts::held_out : &PpoTaskPrompts::train);
      return absl::OkStatus();
    });
  }

  // DataError for a prompt of this part that is in another.
  absl::Status CheckDisjointFrom(const Part& part) {
    return Visit(part.path, [&](const SftExample& example) { return Claim(example, part); });
  }

  PpoData Take() {
    for (auto& [task, prompts] : tasks_) data_.tasks.push_back(std::move(prompts));
    return std::move(data_);
  }

 private:
  template <typename Handle>
  absl::Status Visit(const std::string& path, const Handle& handle) {
    AlpacaOptions options;
    options.on_invalid = spec_.data.source.skip_invalid ? OnInvalid::kSkip : OnInvalid::kError;
    BENCH_ASSIGN_OR_RETURN(const AlpacaReport report, VisitAlpaca(path, options, handle));
    data_.num_skipped += report.num_skipped;
    return absl::OkStatus();
  }

  // A prompt belongs to the part where it comes first, and to no other.
  absl::Status Claim(const SftExample& example, const Part& part) {
    const std::string sha256 = Sha256Hex(absl::StrCat(example.instruction, "\n", example.input));
    const auto [owner, is_new] = owners_.try_emplace(sha256, part);
    if (is_new || owner->second.name == part.name) return absl::OkStatus();
    return DataError(absl::StrCat(part.path, ": the prompt (SHA-256 ", sha256.substr(0, 16),
                                  "...) is in ", owner->second.path, " (", owner->second.name,
                                  ") too: what is trained on must not be evaluated on"));
  }

  void Add(SftExample example, PromptList list) {
    std::vector<int64_t> tokens = encoder_.Prompt(example);
    if (tokens.empty() || std::ssize(tokens) > spec_.max_prompt_tokens()) {
      ++data_.num_dropped;
      return;
    }
    const std::string task = example.task.empty() ? kUnlabelled : example.task;
    PpoTaskPrompts& prompts = tasks_[task];
    prompts.task = task;
    (prompts.*list).push_back({std::move(example), std::move(tokens)});
  }

  const PpoSpec& spec_;
  const PromptEncoder& encoder_;
  std::unordered_map<std::string, Part> owners_;  // by SHA-256
  std::map<std::string, PpoTaskPrompts> tasks_;
  PpoData data_;
};

absl::Status AddDataset(const Artifact& dataset, const PpoDataSpec& spec, Loader& loader) {
  const auto file = [&](std::string_view name) {
    return Part{std::string(name), dataset.File(std::string(name) + ".jsonl")};
  };
  BENCH_RETURN_IF_ERROR(loader.AddFile(file(spec.dataset_part), &PpoTaskPrompts::train));
  BENCH_RETURN_IF_ERROR(loader.AddFile(file(spec.evaluation_part), &PpoTaskPrompts::held_out));
  for (const std::string_view part : kTranslationParts) {
    if (part == spec.dataset_part || part == spec.evaluation_part) continue;
    BENCH_RETURN_IF_ERROR(loader.CheckDisjointFrom(file(part)));
  }
  return absl::OkStatus();
}

absl::Status CheckNotEmpty(const PpoData& data) {
  bool has_train = false;
  bool has_held_out = false;
  for (const PpoTaskPrompts& task : data.tasks) {
    has_train |= !task.train.empty();
    has_held_out |= !task.held_out.empty();
  }
  if (has_train && has_held_out) return absl::OkStatus();
  return DataError(absl::StrCat("no prompt is left to ", has_train ? "evaluate" : "train", " on (",
                                data.num_dropped,
                                " dropped: no room for a response within training.max_tokens)"));
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
  data.end_token = encoder.end_token();
  BENCH_RETURN_IF_ERROR(CheckNotEmpty(data));
  return data;
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
