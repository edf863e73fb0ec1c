#include "harness/run/models_table.h"

#include <nlohmann/json.hpp>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/number_text.h"
#include "models/blocks/decoder_blocks.h"
#include "models/families/family.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

constexpr int kFormatVersion = 1;

struct ClosedModel {
  const char* name;
  const char* publisher;
};
constexpr ClosedModel kClosedModels[] = {
    {"ChatGPT", "OpenAI"},      {"GPT-4", "OpenAI"},     {"Claude", "Anthropic"},
    {"Claude 2", "Anthropic"},  {"Bard", "Google"},      {"Gemini", "Google"},
    {"PaLM 2", "Google"},       {"Grok", "xAI"},         {"ERNIE", "Baidu"},
    {"SenseNova", "SenseTime"}, {"Spark", "iFlytek"},    {"360", "Qihoo 360"},
    {"Pangu 3", "Huawei"},      {"Doubao", "ByteDance"}, {"Hunyuan", "Tencent"},
    {"Pi", "Inflection"}};
constexpr char kNoWeights[] = "no weights published";

struct NormText {
  std::string operator()(const models::RmsNorm&) const { return "RMSNorm"; }
  std::string operator()(const models::LayerNorm&) const { return "LayerNorm"; }
};

struct ResidualText {
  std::string operator()(const models::SequentialResidual&) const { return "sequential"; }
  std::string operator()(const models::ParallelResidual& residual) const {
    return residual.norms == models::ParallelNorms::kOne ? "parallel, one norm"
                                                         : "parallel, two norms";
  }
  std::string operator()(const models::NormResidual&) const { return "norm as residual"; }
};

struct ScalingText {
  std::string operator()(const models::NoScaling&) const { return ""; }
  std::string operator()(const models::LinearScaling&) const { return " linear"; }
  std::string operator()(const models::DynamicNtkScaling&) const { return " dynamic NTK"; }
  std::string operator()(const models::SteppedNtkScaling& s) const {
    return s.log_n ? " dynamic NTK, log n" : " dynamic NTK";
  }
  std::string operator()(const models::YarnScaling&) const { return " YaRN"; }
  std::string operator()(const models::Llama3Scaling&) const { return " of Llama 3"; }
  std::string operator()(const models::MixedRadixScaling&) const { return " mixed radix"; }
};

struct PositionText {
  const models::DecoderConfig& config;

  std::string operator()(const models::Rope& rope) const {
    const int64_t width = models::RotaryWidth(config);
    return absl::StrCat("RoPE",
                        width == config.head_dim
                            ? std::string()
                            : absl::StrCat(" ", width, " of ", config.head_dim),
                        std::visit(ScalingText(), rope.scaling));
  }
  std::string operator()(const models::Alibi&) const { return "ALiBi"; }
  std::string operator()(const models::BlockRope&) const { return "2-D RoPE, prefix"; }
};

struct MlpText {
  std::string operator()(const models::SwiGlu&) const { return "SwiGLU"; }
  std::string operator()(const models::Gelu& gelu) const {
    return gelu.form == models::GeluForm::kTanh ? "GELU (tanh)" : "GELU";
  }
};

std::string HeadsText(const models::DecoderConfig& c) {
  if (c.num_kv_heads == c.num_heads) return absl::StrCat("MHA ", c.num_heads);
  return absl::StrCat(c.num_kv_heads == 1 ? "MQA " : "GQA ", c.num_kv_heads, " of ", c.num_heads);
}

std::string BiasText(const models::Biases& biases) {
  const std::pair<bool, const char*> all[] = {
      {biases.qkv, "qkv"}, {biases.output, "o"}, {biases.mlp, "mlp"}, {biases.head, "head"}};
  std::vector<const char*> there;
  for (const auto& [is_there, name] : all) {
    if (is_there) there.push_back(name);
  }
  return there.empty() ? "no bias" : absl::StrCat("bias ", absl::StrJoin(there, "+"));
}

Json ModelJson(const models::NamedModel& model) {
  const models::DecoderConfig& c = model.config;
  return {{"name", model.model->name},
          {"family", model.entry->name},
          {"model_type", model.entry->model_type},
          {"month", model.model->month},
          {"tokenizer", model.model->tokenizer},
          {"parameters", models::NumParameters(c)},
          {"axes", AxesText(c)},
          {"hidden_size", c.hidden_size},
          {"num_layers", c.num_layers},
          {"num_heads", c.num_heads},
          {"num_kv_heads", c.num_kv_heads},
          {"intermediate_size", c.intermediate_size},
          {"vocab_size", c.vocab_size},
          {"max_positions", c.max_positions}};
}

}  // namespace

std::string AxesText(const models::DecoderConfig& c) {
  const std::string head = c.normalised_head  ? "normalised head"
                           : c.tie_embeddings ? "tied"
                                              : "untied";
  return absl::StrJoin(
      {std::visit(NormText(), c.norm.kind) + (c.embedding_norm ? " (+ embedding)" : ""),
       std::visit(ResidualText(), c.residual), std::visit(PositionText{c}, c.position),
       HeadsText(c), BiasText(c.biases), std::visit(MlpText(), c.mlp), head},
      ", ");
}

std::string ModelsText() {
  std::string text = absl::StrFormat("%-14s %-18s %15s  %-7s  %-24s  %s\n", "family", "model",
                                     "parameters", "month", "tokenizer", "axes");
  for (const models::NamedModel& model : models::PublishedModels()) {
    absl::StrAppendFormat(&text, "%-14s %-18s %15s  %-7s  %-24s  %s\n",
                          std::string(model.entry->name), std::string(model.model->name),
                          GroupedDigits(models::NumParameters(model.config)),
                          std::string(model.model->month), std::string(model.model->tokenizer),
                          AxesText(model.config));
  }
  absl::StrAppend(&text, "\nclosed models of 2023, ", kNoWeights, ":\n");
  for (const ClosedModel& model : kClosedModels) {
    absl::StrAppendFormat(&text, "%-14s %-18s %s\n", model.publisher, model.name, kNoWeights);
  }
  return text;
}

std::string ModelsJson() {
  Json json = {{"format", "bench-models"}, {"format_version", kFormatVersion}};
  json["models"] = Json::array();
  for (const models::NamedModel& model : models::PublishedModels()) {
    json["models"].push_back(ModelJson(model));
  }
  json["closed"] = Json::array();
  for (const ClosedModel& model : kClosedModels) {
    json["closed"].push_back(
        {{"name", model.name}, {"publisher", model.publisher}, {"weights", kNoWeights}});
  }
  return json.dump(2) + "\n";
}

}  // namespace bench::harness
