#include "harness/model_io/decoder_artifact.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/data/prompt.h"
#include "harness/definition/enum_names.h"
#include "harness/definition/field.h"
#include "harness/model_io/family_form.h"
#include "harness/model_io/positions_form.h"
#include "harness/model_io/tokenizer_export.h"
#include "models/families/family.h"
#include "models/hf_folder.h"
#include "models/weight_files.h"
#include "nlohmann/json.hpp"

namespace bench::harness {
namespace {

// Null without rotary positions.
double* RopeTheta(models::DecoderConfig& config) {
  if (auto* rope = std::get_if<models::Rope>(&config.position)) return &rope->theta;
  if (auto* rope = std::get_if<models::BlockRope>(&config.position)) return &rope->theta;
  return nullptr;
}

}  // namespace

models::DecoderConfig DecoderConfigOf(const ModelSpec& spec, int64_t vocab_size) {
  models::DecoderConfig config;
  config.family = spec.family;
  config.vocab_size = vocab_size;
  config.hidden_size = spec.hidden_size;
  config.num_layers = spec.num_layers;
  config.num_heads = spec.num_heads;
  config.num_kv_heads = spec.kv_heads();
  config.head_dim = spec.head_width();
  config.intermediate_size = spec.intermediate_size;
  config.max_positions = spec.max_positions;
  models::SetAxes(config);
  config.norm.eps = spec.rms_norm_eps;
  if (double* theta = RopeTheta(config)) *theta = spec.rope_theta;
  config.initializer_std = spec.initializer_std;
  config.tie_embeddings = spec.tie_embeddings;
  config.vector_size = spec.vector_size;
  ApplyPositions(spec.positions, config);
  return config;
}

ModelSpec ModelSpecOf(const models::DecoderConfig& config) {
  ModelSpec spec;
  spec.family = config.family;
  spec.hidden_size = config.hidden_size;
  spec.num_layers = config.num_layers;
  spec.num_heads = config.num_heads;
  spec.num_kv_heads = config.num_kv_heads;
  spec.head_dim = config.head_dim;
  spec.intermediate_size = config.intermediate_size;
  spec.max_positions = config.max_positions;
  models::DecoderConfig copy = config;
  if (const double* theta = RopeTheta(copy)) spec.rope_theta = *theta;
  spec.rms_norm_eps = config.norm.eps;
  spec.initializer_std = config.initializer_std;
  spec.tie_embeddings = config.tie_embeddings;
  spec.vector_size = config.vector_size;
  spec.positions = PositionsSpecOf(config);
  const FieldList fields = FieldsOf(spec);
  for (const Field& field : fields.fields()) spec.given.insert(field.key);
  return spec;
}

absl::Status CheckSameModel(const models::DecoderConfig& defined,
                            const models::DecoderConfig& stored, const std::string& where) {
  return CompletedBy(ModelSpecOf(defined), ModelSpecOf(stored), where).status();
}

absl::Status CheckVocabulary(const Tokenizer& tokenizer, const models::DecoderConfig& stored,
                             const std::string& where) {
  if (tokenizer.vocab_size() <= stored.vocab_size) return absl::OkStatus();
  return UsageError(absl::StrCat("the tokenizer ", tokenizer.files().where, " has ",
                                 tokenizer.vocab_size(), " tokens, the weights in ", where,
                                 " a vocabulary of ", stored.vocab_size,
                                 ": they do not belong together"));
}

absl::StatusOr<PromptTemplate> ReadPromptTemplate(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kPromptFile);
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, 1 << 20));
  if (const auto prompt = ParseJson(text); prompt.ok()) {
    if (const auto name = JsonMember<std::string>(*prompt, "template"); name.ok()) {
      if (const auto found = FromName<PromptTemplate>(*name)) return *found;
    }
  }
  return DataError(absl::StrCat(path, ": no known prompt template"));
}

absl::Status CheckPrompts(const Tokenizer& tokenizer, PromptTemplate prompt_template,
                          const models::DecoderConfig& config) {
  if (config.vector_size > 0) {
    return UsageError(absl::StrCat(
        "the model takes rows that begin with vectors of ", config.vector_size,
        " values (model.vector_size), which prompts have not: it is trained and asked by stage "
        "\"clm\" on rows with vectors (tokenizer.symbols)"));
  }
  BENCH_RETURN_IF_ERROR(CheckRowsOf(config, prompt_template));
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(tokenizer, prompt_template));
  const std::string name = absl::StrCat("\"", internal::View(Name(prompt_template)), "\"");
  for (const auto& [token, id] : encoder.named_tokens()) {
    if (id < config.vocab_size) continue;
    return UsageError(absl::StrCat("prompts of the template ", name, " have ", token, " as token ",
                                   id, ", the model a vocabulary of ", config.vocab_size,
                                   ": take weights that have a row for it"));
  }
  const auto* marks = std::get_if<models::BlockRope>(&config.position);
  if (marks == nullptr) return absl::OkStatus();
  const std::vector<int64_t> prompt = encoder.Prompt({"a", "", "", ""});
  const auto writes = [&prompt](int64_t id) {
    return std::find(prompt.begin(), prompt.end(), id) != prompt.end();
  };
  if ((writes(marks->gmask_id) || writes(marks->mask_id)) && writes(marks->bos_id)) {
    return absl::OkStatus();
  }
  return UsageError(absl::StrCat("the decoder needs [gMASK] as token ", marks->gmask_id,
                                 " and the beginning of sequence as token ", marks->bos_id,
                                 " in every row, prompts of the template ", name, " with ",
                                 tokenizer.files().where,
                                 " have other ids: they do not belong together"));
}

models::SpecialTokens SpecialTokensOf(const Tokenizer& tokenizer) {
  return {tokenizer.bos_id(), tokenizer.eos_id(), tokenizer.pad_id()};
}

absl::Status CheckPromptFiles(const Tokenizer& tokenizer, PromptTemplate prompt_template,
                              const std::string& folder) {
  if (!Exists(absl::StrCat(folder, "/", kPromptFile))) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const TokenizerFiles files, ReadTokenizerFiles(folder));
  if (Digest(files) != tokenizer.digest()) {
    return UsageError(absl::StrCat("the weights in ", folder,
                                   " were trained with the tokenizer there, not with ",
                                   tokenizer.files().where, ": they do not belong together"));
  }
  BENCH_ASSIGN_OR_RETURN(const PromptTemplate theirs, ReadPromptTemplate(folder));
  if (theirs == prompt_template) return absl::OkStatus();
  return UsageError(
      absl::StrCat("the weights in ", folder, " were trained with data.prompt_template = \"",
                   std::string(Name(theirs)), "\", not \"", std::string(Name(prompt_template)),
                   "\": they do not belong together"));
}

absl::Status SavePromptFiles(const Tokenizer& tokenizer, PromptTemplate prompt_template,
                             const std::string& folder) {
  BENCH_RETURN_IF_ERROR(PublishTokenizerFiles(tokenizer.files(), folder));
  const nlohmann::json prompt = {{"template", std::string(Name(prompt_template))}};
  return PublishFile(absl::StrCat(folder, "/", kPromptFile), prompt.dump());
}

absl::StatusOr<PromptFiles> LoadPromptFiles(const std::string& folder, int64_t vocab_size) {
  BENCH_ASSIGN_OR_RETURN(TokenizerFiles files, ReadTokenizerFiles(folder));
  BENCH_ASSIGN_OR_RETURN(Tokenizer tokenizer, Tokenizer::FromFiles(std::move(files)));
  BENCH_ASSIGN_OR_RETURN(const PromptTemplate prompt_template, ReadPromptTemplate(folder));
  if (tokenizer.vocab_size() > vocab_size) {
    return DataError(absl::StrCat(folder, ": the tokenizer has ", tokenizer.vocab_size(),
                                  " pieces, the model a vocabulary of ", vocab_size));
  }
  return PromptFiles{std::move(tokenizer), prompt_template};
}

absl::Status SaveDecoderArtifact(const models::Decoder& decoder, const Tokenizer& tokenizer,
                                 PromptTemplate prompt_template, const std::string& folder) {
  BENCH_RETURN_IF_ERROR(models::SaveHfFolder(decoder, SpecialTokensOf(tokenizer), folder));
  return SavePromptFiles(tokenizer, prompt_template, folder);
}

absl::StatusOr<DecoderArtifact> LoadDecoderArtifact(const std::string& folder, at::Device device) {
  BENCH_ASSIGN_OR_RETURN(auto decoder, models::LoadHfFolder(folder, device, at::kFloat));
  BENCH_ASSIGN_OR_RETURN(PromptFiles prompt, LoadPromptFiles(folder, decoder->config().vocab_size));
  BENCH_RETURN_IF_ERROR(CheckPrompts(prompt.tokenizer, prompt.prompt_template, decoder->config()));
  return DecoderArtifact{std::move(decoder), std::move(prompt.tokenizer), prompt.prompt_template};
}

absl::StatusOr<std::vector<std::string>> ExportDecoderArtifact(const std::string& folder,
                                                               const std::string& target) {
  BENCH_ASSIGN_OR_RETURN(const models::DecoderConfig config, models::ReadHfConfig(folder));
  BENCH_ASSIGN_OR_RETURN(TokenizerFiles tokenizer_files, ReadTokenizerFiles(folder));
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer,
                         Tokenizer::FromFiles(std::move(tokenizer_files)));
  BENCH_ASSIGN_OR_RETURN(const PromptTemplate prompt_template, ReadPromptTemplate(folder));
  BENCH_ASSIGN_OR_RETURN(TokenizerExport exported,
                         ExportTokenizer(tokenizer, prompt_template, config.max_positions));
  BENCH_ASSIGN_OR_RETURN(const models::WeightFiles weights, models::FindWeightFiles(folder));
  std::vector<std::string> copied = weights.used();
  copied.insert(copied.end(), {models::kConfigFile, kPromptFile});
  if (Exists(absl::StrCat(folder, "/", models::kRewardFile))) {
    copied.emplace_back(models::kRewardFile);
  }
  for (const std::string& name : copied) {
    BENCH_RETURN_IF_ERROR(
        PublishCopy(absl::StrCat(folder, "/", name), absl::StrCat(target, "/", name)));
  }
  for (const auto& [name, bytes] : exported.files) {
    BENCH_RETURN_IF_ERROR(PublishFile(absl::StrCat(target, "/", name), bytes));
  }
  if (config.vector_size > 0) {
    exported.notes.push_back(absl::StrCat(
        "the model takes rows that begin with vectors of ", config.vector_size,
        " values: transformers loads the decoder without model.embed_vectors.weight and .bias, of "
        "which it warns; give it inputs_embeds whose first places are vectors weight^T + bias"));
  }
  return exported.notes;
}

}  // namespace bench::harness
