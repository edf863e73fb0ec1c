// [model] and [init]: geometry of the decoder and where its first weights come from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "harness/definition/artifact_ref.h"
#include "harness/definition/positions_spec.h"
#include "models/family.h"

namespace bench::harness {

class FieldList;
class Violations;

using models::Family;

// The vocabulary size is the tokenizer's, so it is not repeated here. With random weights the
// definition has the whole geometry. With those of an artifact or a folder it is theirs: fields
// that the definition does not give take their values (CompletedBy), and those that it gives must
// agree.
struct ModelSpec {
  Family family = {};       // LLaMA
  int64_t hidden_size = 0;  // required with random weights, as are the three without a default
  int64_t num_layers = 0;
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;  // 0: as many as num_heads; else a divisor of it (GQA)
  int64_t head_dim = 0;      // 0: hidden_size / num_heads
  int64_t intermediate_size = 0;
  int64_t max_positions = 1024;
  double rope_theta = 1e4;
  double rms_norm_eps = 1e-5;
  double initializer_std = 0.02;
  bool tie_embeddings = true;
  int64_t vector_size = 0;       // of the vectors that rows may begin with; 0: none
  PositionsSpec positions = {};  // its fields are keys of [model]

  std::set<std::string> given = {};  // keys that the definition gives

  int64_t kv_heads() const { return num_kv_heads == 0 ? num_heads : num_kv_heads; }
  int64_t head_width() const {
    return head_dim == 0 && num_heads > 0 ? hidden_size / num_heads : head_dim;
  }
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
// Rules that need the geometry wait for the weights' where `init` has some.
void Validate(const ModelSpec& spec, const InitSpec& init, const Violations& violations);
void Validate(const InitSpec& spec, const Violations& violations);

// Whether model.max_positions is what will be used, or only its default.
bool KnowsPositions(const ModelSpec& spec, const InitSpec& init);

// `defined` with the fields that it does not give taken from `stored`, the geometry of the weights
// in `where`; the result gives all. UsageError naming every field that is given and differs, in
// digits that can be copied. initializer_std, which has shaped the weights already, may differ.
absl::StatusOr<ModelSpec> CompletedBy(const ModelSpec& defined, const ModelSpec& stored,
                                      const std::string& where);

// Every field as JSON, zeros replaced by what they stand for, for results. Of the fields of
// positions those that are not their defaults.
std::string GeometryJson(const ModelSpec& spec);

}  // namespace bench::harness
