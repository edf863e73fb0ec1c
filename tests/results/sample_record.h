// A small run in which everything that a record can hold occurs, made by hand.
#pragma once

#include <string>

#include "results/metrics.h"
#include "results/record.h"

namespace bench::results {

inline RunHeader SampleHeader() {
  RunHeader header;
  header.experiment = "sft_small";
  header.version = 3;
  header.stage = "sft";
  header.definition_sha256 = std::string(64, 'd');
  header.recipe_key = std::string(64, 'e');
  header.run_id = std::string(64, 'f');
  header.replicate = 2;
  header.machine_class = "0123456789abcdef";
  header.device = "cpu";
  header.threads = 2;
  header.world_size = 12;
  header.definition_toml = "schema = 1  # 试验\n";
  header.definition_json = "{\"schema\":1}";
  header.inputs = {{"data", std::string(64, '1')}, {"tokenizer", std::string(64, '2')}};
  std::string diff(70'000, 'x');
  diff += "差";
  header.provenance = {{"commit", "abc"},      {"cores", int64_t{2}},
                       {"memory_gib", 23.5},   {"dirty", true},
                       {"diff", diff},         {"source_commit", "abc"},
                       {"source_dirty", true}, {"program_sha256", std::string(64, '8')}};
  return header;
}

inline MetricInfo Info(const MetricDescriptor& descriptor, const std::string& label = "") {
  return MetricInfo::Of({&descriptor, label});
}

inline RunRecord SampleRecord() {
  RunRecord record;
  record.header = SampleHeader();
  record.status = RunStatus::kComplete;
  record.attempt_facts[1] = Attempt::Of(record.header);
  record.steps["loss"] = {
      Info(kLoss), {1, 2, 3}, {100, 200, 300}, {0.5, 1.0, 1.5}, {5.25, 5.0, 4.125}};
  record.steps["learning_rate"] = {
      Info(kLearningRate), {1, 2, 3}, {100, 200, 300}, {0.5, 1.0, 1.5}, {0.1, 0.2, 0.3}};
  record.steps["grad_norm"] = {Info(kGradNorm), {2}, {200}, {1.0}, {0.75}};
  record.evals["exact_match"] = {Info(kExactMatch), {3}, {300}, {1.75}, {0.25}};
  record.evals["exact_match/zh_hant/50%"] = {
      Info(kExactMatch, "zh_hant/50%"), {3}, {300}, {1.75}, {0.5}};
  record.ranges["forward"] = {{1, 2, 3}, {4, 4, 4}, {0.25, 0.125, 0.5}, {0.2, 0.1, 0.4}};
  record.ranges["evaluate/generate"] = {{1, 3}, {1, 2}, {0.5, 0.25}, {std::nullopt, 0.125}};
  record.samples["step_time"] = {Info(kStepTime), {0.5, 0.25, 0.5}};
  record.digests["weights"] = {{0, 3}, {std::string(64, 'a'), std::string(64, 'b')}};
  record.digests["optimizer"] = {{3}, {std::string(64, 'c')}};
  record.tables["samples"] = {
      {"step", "prompt", "score", "rank"},
      {{int64_t{3}, "今天天气真好", 0.5, int64_t{1}}, {int64_t{3}, "", 1.5, int64_t{2}}}};
  record.tables["filters"] = {{"reason", "dropped"}, {{"too long", int64_t{7}}}};
  record.summary["loss"] = {Info(kLoss), 4.125};
  record.summary["train_time"] = {Info(kTrainTime), 1.5};
  record.summary["exact_match/zh_hant/50%"] = {Info(kExactMatch, "zh_hant/50%"), 0.5};
  record.ranks[0]["peak_memory"] = {Info(kPeakMemory), 4096};
  record.ranks[2]["peak_memory"] = {Info(kPeakMemory), 2048};
  record.ranks[2]["examples/zh_hant/50%"] = {Info(kExamples, "zh_hant/50%"), 7};
  record.ranks[11]["peak_memory"] = {Info(kPeakMemory), 1024};
  record.notes = {{"artifact_sha256", std::string(64, '9')}, {"accepted", false}};
  return record;
}

// The same, resumed twice: the first attempt by another build on another machine, and of the second
// nothing is known.
inline RunRecord ResumedRecord() {
  RunRecord record = SampleRecord();
  record.attempts = 3;
  record.resumed_from = {1, 2};
  record.header.strict = false;
  record.attempt_facts = {
      {1,
       {std::string(64, '7'),
        true,
        "fedcba9876543210",
        "cuda",
        1,
        2,
        {{"source_commit", "def"}, {"source_dirty", false}, {"host", "elsewhere"}}}},
      {3, Attempt::Of(record.header)}};
  return record;
}

}  // namespace bench::results
