#include "harness/stages/synthetic/stage.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/random.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/alpaca.h"
#include "harness/data/preferences.h"
#include "harness/data/synthetic_rows.h"
#include "harness/data/token_dataset.h"
#include "harness/model_io/content_digest.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

struct Part {
  const char* name;
  bool held_out;
};
constexpr Part kInstructionParts[] = {
    {"sft", false}, {"reward", false}, {"ppo", false}, {"validation", true}, {"test", true}};
constexpr Part kPairParts[] = {{"train", false}, {"validation", true}};

// The artifact's rows, part by part.
class Maker {
 public:
  Maker(const SyntheticSpec& spec, const Tokenizer& tokenizer, RunContext& context)
      : spec_(spec), tokenizer_(tokenizer), context_(context) {}

  // Tokens of one document a part.
  absl::Status MakeStream() {
    TokenDatasetWriter writer(context_.artifact_folder,
                              {tokenizer_.vocab_size(), tokenizer_.digest(), {"synthetic"}});
    const std::pair<const char*, int64_t> parts[] = {{"train", spec_.num_rows},
                                                     {"validation", spec_.num_held_out}};
    for (const auto& [part, num_rows] : parts) {
      Random random = RandomOf(part);
      const std::vector<int64_t> tokens =
          DrawTokens(num_rows * spec_.row_tokens + 1, spec_.vocab_size, random);
      // As text a token is a character of four bytes.
      BENCH_RETURN_IF_ERROR(writer.Add(part, tokens, 4 * std::ssize(tokens), /*language=*/0));
      Count(part, num_rows);
    }
    return writer.Finish();
  }

  absl::Status MakeInstructions(const std::vector<RowLengths>& lengths) {
    for (const Part& part : kInstructionParts) {
      std::string lines;
      std::string ids;
      for (const SyntheticRow& row : RowsOf(part, lengths)) {
        BENCH_RETURN_IF_ERROR(CheckNotStopped());
        absl::StrAppend(
            &lines, AlpacaLine({Text(row.prompt), "", Text(row.responses[0]), "synthetic"}), "\n");
        const nlohmann::ordered_json line = {{"prompt", row.prompt},
                                             {"response", row.responses[0]}};
        absl::StrAppend(&ids, line.dump(), "\n");
      }
      BENCH_RETURN_IF_ERROR(Publish(part, lines, ids));
    }
    return absl::OkStatus();
  }

  absl::Status MakePreferences(const std::vector<RowLengths>& lengths) {
    for (const Part& part : kPairParts) {
      std::string lines;
      std::string ids;
      for (const SyntheticRow& row : RowsOf(part, lengths)) {
        BENCH_RETURN_IF_ERROR(CheckNotStopped());
        absl::StrAppend(&lines,
                        PreferenceLine({Text(row.prompt), Text(row.responses[0]),
                                        Text(row.responses[1]), "synthetic"}),
                        "\n");
        const nlohmann::ordered_json line = {
            {"prompt", row.prompt}, {"chosen", row.responses[0]}, {"rejected", row.responses[1]}};
        absl::StrAppend(&ids, line.dump(), "\n");
      }
      BENCH_RETURN_IF_ERROR(Publish(part, lines, ids));
    }
    return absl::OkStatus();
  }

  std::vector<results::MetricValue> Take() { return std::move(summary_); }

 private:
  Random RandomOf(const char* part) const {
    return Random(context_.seeds.For(SeedPurpose::kSampling, part));
  }

  std::vector<SyntheticRow> RowsOf(const Part& part, const std::vector<RowLengths>& lengths) {
    const int64_t num_rows = part.held_out ? spec_.num_held_out : spec_.num_rows;
    Count(part.name, num_rows);
    Random random = RandomOf(part.name);
    return DrawRows(lengths, num_rows, spec_.vocab_size, random);
  }

  std::string Text(const std::vector<int64_t>& tokens) const {
    return SyntheticText(tokens, tokenizer_);
  }

  absl::Status Publish(const Part& part, const std::string& lines, const std::string& ids) const {
    const std::string path = absl::StrCat(context_.artifact_folder, "/", part.name);
    BENCH_RETURN_IF_ERROR(PublishFile(path + ".jsonl", lines));
    return PublishFile(path + ".ids.jsonl", ids);
  }

  void Count(const char* part, int64_t num_rows) {
    summary_.push_back({{&results::kExamples, part}, static_cast<double>(num_rows)});
  }

  const SyntheticSpec& spec_;
  const Tokenizer& tokenizer_;
  RunContext& context_;
  std::vector<results::MetricValue> summary_;
};

}  // namespace

std::string SyntheticStage::LengthsPath() const {
  const std::filesystem::path folder = definition_.folder.empty() ? "." : definition_.folder;
  return spec().lengths ? (folder / *spec().lengths).lexically_normal().string() : "";
}

absl::StatusOr<InputDigests> SyntheticStage::ContentDigests(const std::string&) const {
  InputDigests digests;
  if (spec().lengths) {
    BENCH_ASSIGN_OR_RETURN(digests["lengths"], TreeSha256(LengthsPath()));
  }
  return digests;
}

absl::StatusOr<StageOutcome> SyntheticStage::Run(RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const std::string model, TrainSyntheticTokenizer(spec().vocab_size));
  BENCH_RETURN_IF_ERROR(PublishFile(context.artifact_folder + "/tokenizer.model", model));
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer,
                         Tokenizer::FromModelBytes(model, "the synthetic tokenizer"));
  if (tokenizer.vocab_size() != spec().vocab_size) {
    return DataError(absl::StrCat("the synthetic tokenizer has ", tokenizer.vocab_size(),
                                  " tokens instead of ", spec().vocab_size));
  }
  Maker maker(spec(), tokenizer, context);
  if (spec().rows == SyntheticRows::kStream) {
    BENCH_RETURN_IF_ERROR(maker.MakeStream());
  } else {
    BENCH_ASSIGN_OR_RETURN(const std::vector<RowLengths> lengths,
                           RowLengthsOf(spec(), LengthsPath()));
    BENCH_RETURN_IF_ERROR(spec().rows == SyntheticRows::kInstructions
                              ? maker.MakeInstructions(lengths)
                              : maker.MakePreferences(lengths));
  }
  StageOutcome outcome;
  outcome.summary = maker.Take();
  return outcome;
}

}  // namespace bench::harness
