#include "harness/plan/memory_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/number_text.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

constexpr int kFormatVersion = 1;

struct Unit {
  const char* name;
  double size;
};
constexpr Unit kMegabyte = {"MB", 1e6};
constexpr Unit kGigabyte = {"GB", 1e9};

// Four significant digits, but every digit before the point: 0.1172, 41.25, 4188.
std::string Figure(double value) {
  const int magnitude = value > 0 ? static_cast<int>(std::floor(std::log10(value))) : 0;
  return absl::StrFormat("%.*f", std::clamp(3 - magnitude, 0, 4), value);
}

std::string InUnit(double bytes, const Unit& unit) { return Figure(bytes / unit.size); }

std::string WithUnit(double bytes) {
  const Unit& unit = bytes < kGigabyte.size ? kMegabyte : kGigabyte;
  return absl::StrCat(InUnit(bytes, unit), " ", unit.name);
}

// 7.5 B, 128 M.
std::string Short(int64_t count) {
  const auto value = static_cast<double>(count);
  const std::pair<double, const char*> scales[] = {{1e12, " T"}, {1e9, " B"}, {1e6, " M"}};
  for (const auto& [size, name] : scales) {
    if (value >= size) return absl::StrCat(Figure(value / size), name);
  }
  return GroupedDigits(count);
}

std::string NameOf(const LoadedDefinition& loaded) {
  if (!loaded.version) return loaded.name;
  return absl::StrCat(loaded.name, "@", *loaded.version);
}

TrainingSpec TrainingOf(const PlanSubject& subject) {
  return *TrainedStageOf(subject.definition.definition)->training;
}

std::string BytesLine(Precision precision) {
  const StateBytes bytes = BytesPerParameter(precision);
  return absl::StrFormat(
      "%s; bytes a trained parameter: itself %.0f, gradient %.0f, optimizer %.0f",
      std::string(Name(precision)), bytes.parameters, bytes.gradients, bytes.optimizer_states);
}

std::string Fact(const char* name, const std::string& text) {
  return absl::StrFormat("%-14s%s\n", name, text);
}

// Of the longest rows' mean token; a scalar head's are none to speak of.
std::string FlopsText(const ModelSize& size) {
  if (size.forward_flops == 0) return "";
  return absl::StrCat(", ", Figure(size.forward_flops / 1e9), " GFLOP a token forward");
}

std::string ModelLines(const MemoryPlan& plan) {
  std::string lines;
  for (const ModelSize& size : plan.models) {
    lines += Fact(lines.empty() ? "models" : "",
                  absl::StrFormat("%-10s %-8s %19s parameters%s", std::string(size.model.role),
                                  std::string(Name(size.model.use)),
                                  GroupedDigits(size.num_parameters), FlopsText(size)));
  }
  return lines;
}

std::string BatchLines(const RanksPlan& ranks, const TrainingSpec& training) {
  const MicroBatch& batch = ranks.micro_batch;
  return Fact("micro-batch",
              absl::StrCat("at most ", GroupedDigits(batch.num_rows), " rows, ",
                           GroupedDigits(batch.num_tokens), " tokens, ",
                           GroupedDigits(batch.num_targets), " of them scored (", ranks.num_ranks,
                           " device", ranks.num_ranks == 1 ? ")" : "s)")) +
         Fact("activations",
              absl::StrCat("kept for the backward pass ", WithUnit(ranks.activations.kept),
                           ", at the peak ", WithUnit(ranks.activations.peak()),
                           training.recompute_activations ? "; recomputed" : ""));
}

// Not at the same time as the activations.
std::string UpdateLine(const RanksPlan& ranks) {
  const double bytes = ranks.stages.front().update_bytes;
  if (bytes == 0) return "";
  return Fact("update", absl::StrCat("gradients in fp32 when activations are gone, at most ",
                                     WithUnit(bytes), " at once"));
}

std::string Header(const PlanSubject& subject, const MemoryPlan& plan) {
  const TrainingSpec training = TrainingOf(subject);
  const Definition& definition = subject.definition.definition;
  std::string text = absl::StrFormat(
      "%s, stage %s: memory a device needs, by ZeRO stage and number of devices\n\n",
      results::EscapeForTerminal(NameOf(subject.definition)), std::string(Name(definition.kind())));
  if (subject.model) text += Fact("model", *subject.model);
  text += ModelLines(plan);
  text += Fact("vocabulary", absl::StrCat(GroupedDigits(subject.vocab_size), ", ",
                                          results::EscapeForTerminal(subject.vocab_source)));
  text += Fact("precision", BytesLine(training.precision));
  text +=
      Fact("batch", absl::StrCat(GroupedDigits(training.batch_size), " rows of at most ",
                                 GroupedDigits(training.max_tokens), " tokens, over all devices"));
  text += BatchLines(plan.ranks.front(), training) + UpdateLine(plan.ranks.front());
  return text + Fact("kernels", absl::StrCat("those of ", std::string(Name(subject.device))));
}

constexpr const char* kColumns[] = {"baseline", "Pos", "Pos+g", "Pos+g+p"};

template <typename Cell>
std::string Table(const std::string& title, const MemoryPlan& plan, const Cell& cell) {
  std::string text = absl::StrCat("\n", title, "\n", absl::StrFormat("%7s", "devices"));
  for (const char* column : kColumns) absl::StrAppendFormat(&text, " %21s", column);
  text += "\n";
  for (const RanksPlan& ranks : plan.ranks) {
    absl::StrAppendFormat(&text, "%7d", ranks.num_ranks);
    for (const StagePlan& stage : ranks.stages) absl::StrAppendFormat(&text, " %21s", cell(stage));
    text += "\n";
  }
  return text;
}

std::string NeedTable(const MemoryPlan& plan) {
  const double baseline = plan.ranks.front().stages.front().states.total();
  const Unit unit = baseline < kGigabyte.size ? kMegabyte : kGigabyte;
  const std::string title =
      absl::StrCat(unit.name, " a device: states of the trained models / with ",
                   plan.frozen_bytes > 0 ? "frozen models and " : "",
                   plan.ranks.front().stages.front().update_bytes > 0 ? "activations or the update"
                                                                      : "activations");
  return Table(title, plan, [&](const StagePlan& stage) {
    return absl::StrCat(InUnit(stage.states.total(), unit), " / ", InUnit(stage.total_bytes, unit));
  });
}

std::string LargestTable(const PlanSubject& subject, const MemoryPlan& plan) {
  const std::string title =
      absl::StrCat("largest on ", WithUnit(static_cast<double>(subject.device_bytes)),
                   ": trained parameters by states alone / layers of this width with everything");
  return Table(title, plan, [](const StagePlan& stage) {
    return absl::StrCat(Short(stage.largest_parameters), " / ",
                        stage.largest_layers == 0 ? "none" : GroupedDigits(stage.largest_layers));
  });
}

Json ModelsJson(const MemoryPlan& plan) {
  Json models = Json::array();
  for (const ModelSize& size : plan.models) {
    models.push_back({{"role", size.model.role},
                      {"use", Name(size.model.use)},
                      {"parameters", size.num_parameters},
                      {"forward_flops_per_token", size.forward_flops}});
  }
  return models;
}

Json StageJson(const StagePlan& stage) {
  return {{"stage", Name(stage.sharding.stage)},
          {"parameter_bytes", stage.states.parameters},
          {"gradient_bytes", stage.states.gradients},
          {"optimizer_state_bytes", stage.states.optimizer_states},
          {"state_bytes", stage.states.total()},
          {"update_bytes", stage.update_bytes},
          {"total_bytes", stage.total_bytes},
          {"largest_parameters", stage.largest_parameters},
          {"largest_layers", stage.largest_layers}};
}

Json RanksJson(const RanksPlan& ranks) {
  Json stages = Json::array();
  for (const StagePlan& stage : ranks.stages) stages.push_back(StageJson(stage));
  return {
      {"ranks", ranks.num_ranks},
      {"micro_batch",
       {{"rows", ranks.micro_batch.num_rows},
        {"tokens", ranks.micro_batch.num_tokens},
        {"targets", ranks.micro_batch.num_targets}}},
      {"activation_bytes", {{"kept", ranks.activations.kept}, {"peak", ranks.activations.peak()}}},
      {"stages", stages}};
}

}  // namespace

std::string PlanText(const PlanSubject& subject, const MemoryPlan& plan) {
  return absl::StrCat(Header(subject, plan), NeedTable(plan), LargestTable(subject, plan));
}

std::string PlanJson(const PlanSubject& subject, const MemoryPlan& plan) {
  const LoadedDefinition& loaded = subject.definition;
  const TrainingSpec training = TrainingOf(subject);
  Json json = {{"format", "bench-plan"},
               {"format_version", kFormatVersion},
               {"stage", Name(loaded.definition.kind())},
               {"precision", Name(training.precision)},
               {"recompute_activations", training.recompute_activations},
               {"kernels", Name(subject.device)},
               {"device_bytes", subject.device_bytes},
               {"vocabulary", {{"size", subject.vocab_size}, {"source", subject.vocab_source}}},
               {"models", ModelsJson(plan)},
               {"trained_parameters", plan.trained_parameters},
               {"frozen_bytes", plan.frozen_bytes}};
  if (!loaded.sha256.empty()) {  // else no experiment was named
    json["experiment"] = loaded.name;
    json["definition_sha256"] = loaded.sha256;
  }
  if (subject.model) json["model"] = *subject.model;
  if (loaded.version) json["version"] = *loaded.version;
  json["plans"] = Json::array();
  for (const RanksPlan& ranks : plan.ranks) json["plans"].push_back(RanksJson(ranks));
  // Names and paths may hold bytes that are no UTF-8.
  return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bench::harness
