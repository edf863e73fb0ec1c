#include "harness/definition/model_spec.h"

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

// Upper ends that keep every product of two of them inside int64.
constexpr double kMaxWidth = 1 << 20;
constexpr double kMaxCount = 1 << 12;

FieldInfo Required(std::string_view doc, double max) {
  return {.doc = doc, .presence = Presence::kRequired, .bounds = Between(1, max)};
}

}  // namespace

void Describe(ModelSpec& spec, FieldList& fields) {
  fields.Leaf("family", spec.family, {.doc = "architecture"});
  fields.Leaf("hidden_size", spec.hidden_size, Required("width of the residual stream", kMaxWidth));
  fields.Leaf("num_layers", spec.num_layers, Required("decoder layers", kMaxCount));
  fields.Leaf("num_heads", spec.num_heads, Required("query heads", kMaxCount));
  fields.Leaf("num_kv_heads", spec.num_kv_heads,
              {.doc = "key and value heads, a divisor of num_heads; 0: num_heads",
               .bounds = Between(0, kMaxCount)});
  fields.Leaf("intermediate_size", spec.intermediate_size,
              Required("width of the feed-forward layers", kMaxWidth));
  fields.Leaf("max_positions", spec.max_positions,
              {.doc = "longest sequence", .units = "tokens", .bounds = Between(1, kMaxWidth)});
  fields.Leaf("rope_theta", spec.rope_theta,
              {.doc = "base of the rotary position frequencies", .bounds = Above(0)});
  fields.Leaf("rms_norm_eps", spec.rms_norm_eps,
              {.doc = "added to the mean square in RMSNorm", .bounds = AboveUpTo(0, 1)});
  fields.Leaf(
      "initializer_std", spec.initializer_std,
      {.doc = "standard deviation of the random initial weights", .bounds = AboveUpTo(0, 10)});
  fields.Leaf("tie_embeddings", spec.tie_embeddings,
              {.doc = "the output head is the embedding matrix"});
}

void Describe(InitSpec& spec, FieldList& fields) {
  fields.Leaf("weights", spec.weights, {.doc = "where the initial weights come from"});
  fields.Leaf("artifact", spec.artifact,
              {.doc = "with weights = \"artifact\": the experiment whose weights are taken",
               .replaces = {"folder"}});
  fields.Leaf("folder", spec.folder,
              {.doc = "with weights = \"folder\": a Hugging Face folder",
               .role = TextRole::kUserPath,
               .replaces = {"artifact"}});
}

void Validate(const ModelSpec& spec, const Violations& violations) {
  if (spec.hidden_size % spec.num_heads != 0) {
    violations.Add("hidden_size", absl::StrCat(spec.hidden_size, " is not a multiple of num_heads ",
                                               spec.num_heads));
  } else if (spec.head_dim() % 2 != 0) {
    violations.Add("hidden_size",
                   absl::StrCat("hidden_size / num_heads is ", spec.head_dim(),
                                "; rotary positions turn pairs, so it must be even"));
  }
  if (spec.num_heads % spec.kv_heads() != 0) {
    violations.Add("num_kv_heads",
                   absl::StrCat(spec.num_kv_heads, " does not divide num_heads ", spec.num_heads));
  }
}

void Validate(const InitSpec& spec, const Violations& violations) {
  const bool wants_artifact = spec.weights == InitSource::kArtifact;
  const bool wants_folder = spec.weights == InitSource::kFolder;
  const std::string weights = absl::StrCat("weights = \"", std::string(Name(spec.weights)), "\"");
  if (wants_artifact != spec.artifact.has_value()) {
    violations.Add("artifact", wants_artifact ? weights + " needs artifact = \"NAME@N\""
                                              : absl::StrCat("artifact has no use with ", weights));
  }
  if (wants_folder != spec.folder.has_value()) {
    violations.Add("folder", wants_folder ? weights + " needs folder = \"...\""
                                          : absl::StrCat("folder has no use with ", weights));
  }
}

}  // namespace bench::harness
