#include "harness/stages/decoder_artifact.h"

#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "models/hf_folder.h"
#include "nlohmann/json.hpp"

namespace bench::harness {
namespace {

constexpr int64_t kMaxTokenizerBytes = int64_t{64} << 20;
constexpr char kTokenizerFile[] = "/tokenizer.model";
constexpr char kPromptFile[] = "/prompt.json";

models::Family FamilyOf(Family family) {
  switch (family) {
    case Family::kLlama:
      return models::Family::kLlama;
  }
  return models::Family::kLlama;
}

absl::StatusOr<PromptTemplate> ReadPromptTemplate(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, 1 << 20));
  if (const auto prompt = ParseJson(text); prompt.ok()) {
    if (const auto name = JsonMember<std::string>(*prompt, "template"); name.ok()) {
      if (const auto found = FromName<PromptTemplate>(*name)) return *found;
    }
  }
  return DataError(absl::StrCat(path, ": no known prompt template"));
}

}  // namespace

models::DecoderConfig DecoderConfigOf(const ModelSpec& spec, int64_t vocab_size) {
  models::DecoderConfig config;
  config.family = FamilyOf(spec.family);
  config.vocab_size = vocab_size;
  config.hidden_size = spec.hidden_size;
  config.num_layers = spec.num_layers;
  config.num_heads = spec.num_heads;
  config.num_kv_heads = spec.kv_heads();
  config.head_dim = spec.head_dim();
  config.intermediate_size = spec.intermediate_size;
  config.max_positions = spec.max_positions;
  config.rope_theta = spec.rope_theta;
  config.rms_norm_eps = spec.rms_norm_eps;
  config.initializer_std = spec.initializer_std;
  config.tie_embeddings = spec.tie_embeddings;
  return config;
}

absl::Status CheckSameModel(const models::DecoderConfig& defined,
                            const models::DecoderConfig& stored, const std::string& where) {
  const std::tuple<const char*, double, double> fields[] = {
      {"vocab_size (the tokenizer's)", defined.vocab_size, stored.vocab_size},
      {"hidden_size", defined.hidden_size, stored.hidden_size},
      {"num_layers", defined.num_layers, stored.num_layers},
      {"num_heads", defined.num_heads, stored.num_heads},
      {"num_kv_heads", defined.num_kv_heads, stored.num_kv_heads},
      {"head_dim", defined.head_dim, stored.head_dim},
      {"intermediate_size", defined.intermediate_size, stored.intermediate_size},
      {"max_positions", defined.max_positions, stored.max_positions},
      {"rope_theta", defined.rope_theta, stored.rope_theta},
      {"rms_norm_eps", defined.rms_norm_eps, stored.rms_norm_eps},
      {"tie_embeddings", defined.tie_embeddings, stored.tie_embeddings}};
  for (const auto& [name, ours, theirs] : fields) {
    if (ours == theirs) continue;
    return UsageError(absl::StrCat("[model] does not fit the initial weights in ", where, ": ",
                                   name, " is ", ours, " here and ", theirs, " there"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadTokenizerModel(const std::string& path) {
  return ReadFile(path, kMaxTokenizerBytes);
}

absl::Status SaveDecoderArtifact(const models::Decoder& decoder, const Tokenizer& tokenizer,
                                 const std::string& tokenizer_model_bytes,
                                 PromptTemplate prompt_template, const std::string& folder) {
  const models::SpecialTokens special{tokenizer.bos_id(), tokenizer.eos_id(), tokenizer.pad_id()};
  BENCH_RETURN_IF_ERROR(models::SaveHfFolder(decoder, special, folder));
  BENCH_RETURN_IF_ERROR(PublishFile(folder + kTokenizerFile, tokenizer_model_bytes));
  const nlohmann::json prompt = {{"template", std::string(Name(prompt_template))}};
  return PublishFile(folder + kPromptFile, prompt.dump());
}

absl::StatusOr<DecoderArtifact> LoadDecoderArtifact(const std::string& folder, at::Device device) {
  BENCH_ASSIGN_OR_RETURN(auto decoder, models::LoadHfFolder(folder, device, at::kFloat));
  BENCH_ASSIGN_OR_RETURN(const std::string model, ReadTokenizerModel(folder + kTokenizerFile));
  BENCH_ASSIGN_OR_RETURN(Tokenizer tokenizer,
                         Tokenizer::FromModelBytes(model, folder + kTokenizerFile));
  BENCH_ASSIGN_OR_RETURN(const PromptTemplate prompt_template,
                         ReadPromptTemplate(folder + kPromptFile));
  if (tokenizer.vocab_size() > decoder->config().vocab_size) {
    return DataError(absl::StrCat(folder, ": the tokenizer has ", tokenizer.vocab_size(),
                                  " pieces, the model a vocabulary of ",
                                  decoder->config().vocab_size));
  }
  return DecoderArtifact{std::move(decoder), std::move(tokenizer), prompt_template};
}

}  // namespace bench::harness
