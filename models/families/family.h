// What a family of decoders fixes: axes, config.json, tensor names and their storage, published
// sizes. Data, but for reading and writing config.json. No Torch.
//
// To add a family: families/<family>.cc with its entries, its line in catalogue.cc and its golden
// case. A file may have several entries, one a variant whose axes differ.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "models/config.h"

namespace bench::models {

// How q, k and v lie in one matrix; n query heads, kv key/value heads, d rows each.
enum class QkvStorage {
  kConcatenated,  // [q | k | v]
  kGrouped,       // kv times (n / kv query heads, k, v)
  kFourBlocks,    // 4 times [q | v | k], a fourth of the heads each; n % 4 = 0, kv = n
};
// Which columns are a rotated pair. Computed are halves; interleaved rows of q and k are moved when
// they are read and written, which changes no score.
enum class PairStorage { kHalves, kInterleaved };

// Names in the family's files, without ".weight" and ".bias". Those of a layer follow
// "<layers>.<number>.". Equal names are one tensor: q, k and v as `qkv` says, [gate | up].
struct TensorNames {
  std::string_view embedding = "model.embed_tokens", embedding_norm = "model.embed_layernorm";
  std::string_view layers = "model.layers";
  std::string_view attention_norm = "input_layernorm", mlp_norm = "post_attention_layernorm";
  std::string_view q = "self_attn.q_proj", k = "self_attn.k_proj", v = "self_attn.v_proj";
  std::string_view o = "self_attn.o_proj";
  std::string_view gate = "mlp.gate_proj", up = "mlp.up_proj", down = "mlp.down_proj";
  std::string_view final_norm = "model.norm", head = "lm_head";
  QkvStorage qkv = QkvStorage::kConcatenated;
  PairStorage pairs = PairStorage::kHalves;
};

struct ModelSizes {
  int64_t hidden, layers, heads, kv_heads, intermediate, vocabulary, positions;
};

struct PublishedModel {
  std::string_view name;       // "llama2-7b"
  std::string_view month;      // "2023-07"
  std::string_view tokenizer;  // "SentencePiece BPE"
  ModelSizes sizes = {};
  // What differs from the entry's axes; null: nothing.
  void (*adjust)(DecoderConfig& config) = nullptr;
};

struct FamilyEntry {
  std::string_view name;             // in definitions
  std::string_view model_type;       // of config.json
  std::string_view hf_class;         // its entry in `architectures`
  std::string_view hf_reward_class;  // that of a reward model
  TensorNames names = {};
  // The axes that random weights get, for sizes that are set; null: LLaMA's. Definitions have eps,
  // theta and tying of their own.
  void (*set_axes)(DecoderConfig& config) = nullptr;
  // Of several entries with one model_type, the first that answers true is a file's; null: true.
  bool (*is_of)(const nlohmann::json& json) = nullptr;
  // config.json to a configuration and back; DataError on what the decoder does not implement.
  absl::StatusOr<DecoderConfig> (*from_json)(const nlohmann::json& json) = nullptr;
  void (*to_json)(const DecoderConfig& config, nlohmann::json& json) = nullptr;
  std::vector<PublishedModel> published = {};
};

// In the order of the catalogue.
const std::vector<const FamilyEntry*>& FamilyCatalogue();
const FamilyEntry& EntryOf(Family family);

// The configuration of a config.json, validated. DataError: a model_type that is not known, with
// the known ones, and what its family refuses.
absl::StatusOr<DecoderConfig> ConfigFromJson(const nlohmann::json& json);

// The key of config.json, of every family, for DecoderConfig::vector_size, unless that is 0. Other
// programs do not know it: to them such a folder is a decoder with two tensors too many.
inline constexpr char kVectorSize[] = "prefix_vector_size";

// The axes of config.family, for the sizes that `config` has.
void SetAxes(DecoderConfig& config);

struct NamedModel {
  const FamilyEntry* entry = nullptr;
  const PublishedModel* model = nullptr;
  DecoderConfig config;
};
std::vector<NamedModel> PublishedModels();
// UsageError that lists the known names.
absl::StatusOr<NamedModel> FindPublishedModel(std::string_view name);

}  // namespace bench::models
