#include "harness/stages/reward/data.h"

#include <string>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/disjoint_prompts.h"
#include "harness/data/held_out.h"
#include "harness/data/prompt.h"

namespace bench::harness {
namespace {

using PairList = std::vector<RewardPair> RewardData::*;

double HashOf(const Preference& preference) {
  return HeldOutHash(preference.prompt, preference.input, preference.earlier);
}

class Loader {
 public:
  Loader(const RewardSpec& spec, const PromptEncoder& encoder) : spec_(spec), encoder_(encoder) {}

  absl::Status AddTrainingFile(const std::string& path) {
    training_file_ = path;
    return Visit(path, [this](Preference preference, const std::string& where) {
      training_prompts_.insert(
          PromptSha256(preference.prompt, preference.input, preference.earlier));
      Add(std::move(preference), &RewardData::train, where);
      return absl::OkStatus();
    });
  }

  absl::Status AddHeldOutFile(const std::string& path) {
    return Visit(path, [this](Preference preference, const std::string& where) {
      const std::string sha256 =
          PromptSha256(preference.prompt, preference.input, preference.earlier);
      if (training_prompts_.contains(sha256)) {
        return DataError(absl::StrCat(where, "the prompt (SHA-256 ", sha256.substr(0, 16),
                                      "...) is in ", training_file_,
                                      " too: held-out prompts must not be trained on"));
      }
      Add(std::move(preference), &RewardData::validation, where);
      return absl::OkStatus();
    });
  }

  // Training and held-out pairs of one file.
  absl::Status AddSplitFile(const std::string& path) {
    BENCH_RETURN_IF_ERROR(Visit(path, [this](Preference preference, const std::string& where) {
      const bool held_out = HashOf(preference) < spec_.data.validation_fraction;
      Add(std::move(preference), held_out ? &RewardData::validation : &RewardData::train, where);
      return absl::OkStatus();
    }));
    // Of a file too small for the hash to give both parts pairs.
    FillEmptyPart<RewardPair>({{&data_.train, &data_.validation}},
                              [](const RewardPair& pair) { return HashOf(pair.preference); });
    return absl::OkStatus();
  }

  RewardData Take() { return std::move(data_); }

 private:
  absl::Status Visit(const std::string& path, const PreferenceVisitor& visit) {
    BENCH_ASSIGN_OR_RETURN(const RecordReport report,
                           VisitPreferences(path, RecordOptionsOf(spec_.data), visit));
    data_.left_out.invalid.Merge(report.skipped);
    return absl::OkStatus();
  }

  void Add(Preference preference, PairList part, const std::string& where) {
    const auto row = [&](const std::string& response) {
      return encoder_.Tokenize(
          {preference.prompt, preference.input, response, "", preference.earlier},
          spec_.training.max_tokens);
    };
    auto chosen = row(preference.chosen);
    auto rejected = row(preference.rejected);
    if (!chosen || !rejected) {
      data_.left_out.dropped.Add("no response within training.max_tokens", where);
      return;
    }
    if (chosen->tokens == rejected->tokens) {
      data_.left_out.dropped.Add("two equal responses within training.max_tokens", where);
      return;
    }
    (data_.*part)
        .push_back({std::move(preference), std::move(chosen->tokens), std::move(rejected->tokens),
                    chosen->num_prompt_tokens});
  }

  const RewardSpec& spec_;
  const PromptEncoder& encoder_;
  std::string training_file_;
  std::unordered_set<std::string> training_prompts_;  // SHA-256
  RewardData data_;
};

absl::Status CheckNotEmpty(const RewardData& data) {
  const std::string dropped =
      absl::StrCat(data.left_out.dropped.count(),
                   " dropped: no response within training.max_tokens, or two equal ones");
  if (data.train.empty()) {
    return DataError(absl::StrCat("no pair is left to train on (", dropped, ")"));
  }
  if (data.validation.empty()) {
    return DataError(absl::StrCat("no pair is held out (", dropped,
                                  "): give other held-out pairs, or pairs of another prompt: equal "
                                  "prompts stay together"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RewardData> LoadRewardData(const RewardSpec& spec, const Tokenizer& tokenizer,
                                          const std::map<std::string, Artifact>& inputs) {
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(tokenizer, spec.data.prompt_template));
  Loader loader(spec, encoder);
  if (spec.data.dataset) {
    const Artifact& dataset = inputs.at("dataset");
    BENCH_RETURN_IF_ERROR(loader.AddTrainingFile(dataset.File("train.jsonl")));
    BENCH_RETURN_IF_ERROR(loader.AddHeldOutFile(dataset.File("validation.jsonl")));
  } else if (spec.data.validation_path) {
    BENCH_RETURN_IF_ERROR(loader.AddTrainingFile(*spec.data.path));
    BENCH_RETURN_IF_ERROR(loader.AddHeldOutFile(*spec.data.validation_path));
  } else {
    BENCH_RETURN_IF_ERROR(loader.AddSplitFile(*spec.data.path));
  }
  RewardData data = loader.Take();
  BENCH_RETURN_IF_ERROR(CheckNotEmpty(data));
  return data;
}

}  // namespace bench::harness
