// [model] and [init]: geometry of the decoder and where its first weights come from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/definition/artifact_ref.h"

namespace bench::harness {

class FieldList;
class Violations;

enum class Family { kLlama };
constexpr std::array<std::string_view, 1> EnumNames(Family) { return {"llama"}; }

// The vocabulary size is the tokenizer's, so it is not repeated here.
struct ModelSpec {
  Family family = Family::kLlama;
  int64_t hidden_size = 0;  // required, as are the next three and intermediate_size
  int64_t num_layers = 0;
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;  // 0: as many as num_heads; else a divisor of it (GQA)
  int64_t intermediate_size = 0;
  int64_t max_positions = 1024;
  double rope_theta = 1e4;
  double rms_norm_eps = 1e-5;
  double initializer_std = 0.02;
  bool tie_embeddings = true;

  int64_t kv_heads() const { return num_kv_heads == 0 ? num_heads : num_kv_heads; }
  int64_t head_dim() const { return hidden_size / num_heads; }
};

enum class InitSource { kRandom, kArtifact, kFolder };
constexpr std::array<std::string_view, 3> EnumNames(InitSource) {
  return {"random", "artifact", "folder"};
}

struct InitSpec {
  InitSource weights = InitSource::kRandom;
  std::optional<ArtifactRef> artifact;  // with kArtifact
  std::optional<std::string> folder;    // with kFolder: a Hugging Face folder
};

void Describe(ModelSpec& spec, FieldList& fields);
void Describe(InitSpec& spec, FieldList& fields);
void Validate(const ModelSpec& spec, const Violations& violations);
void Validate(const InitSpec& spec, const Violations& violations);

}  // namespace bench::harness
