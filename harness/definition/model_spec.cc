#include "harness/definition/model_spec.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/definition/canonical.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

// Upper ends that keep every product of two of them inside int64.
constexpr double kMaxWidth = 1 << 20;
constexpr double kMaxCount = 1 << 12;

constexpr std::string_view kInitializerStd = "initializer_std";

FieldInfo Required(std::string_view doc, double max) {
  return {.doc = doc, .presence = Presence::kRequiredByRule, .bounds = Between(1, max)};
}

bool IsComplete(const ModelSpec& spec) {
  return spec.hidden_size > 0 && spec.num_layers > 0 && spec.num_heads > 0 &&
         spec.intermediate_size > 0;
}

bool GivesAll(const ModelSpec& spec) {
  ModelSpec copy = spec;
  return spec.given.size() == FieldsOf(copy).fields().size();
}

void ReportMissing(const ModelSpec& spec, const Violations& violations) {
  ModelSpec copy = spec;
  const FieldList fields = FieldsOf(copy);
  for (const Field& field : fields.fields()) {
    if (field.info.presence != Presence::kRequiredByRule || spec.given.contains(field.key))
      continue;
    violations.Add(field.key, absl::StrCat("missing key, ", TypeText(field),
                                           ": only initial weights bring their geometry along"));
  }
}

void ValidateHeads(const ModelSpec& spec, const Violations& violations) {
  if (spec.head_dim % 2 != 0) {
    violations.Add("head_dim", absl::StrCat(spec.head_dim, " is odd; rotary positions turn pairs"));
  } else if (spec.head_dim == 0 && spec.hidden_size % spec.num_heads != 0) {
    violations.Add("hidden_size", absl::StrCat(spec.hidden_size, " is not a multiple of num_heads ",
                                               spec.num_heads, ", and there is no head_dim"));
  } else if (spec.head_width() % 2 != 0) {
    violations.Add("hidden_size",
                   absl::StrCat("hidden_size / num_heads is ", spec.head_width(),
                                "; rotary positions turn pairs, so it must be even"));
  }
  if (spec.num_heads % spec.kv_heads() != 0) {
    violations.Add("num_kv_heads",
                   absl::StrCat(spec.num_kv_heads, " does not divide num_heads ", spec.num_heads));
  }
}

// With zeros replaced by what they stand for.
ModelSpec Explicit(ModelSpec spec) {
  spec.num_kv_heads = spec.kv_heads();
  spec.head_dim = spec.head_width();
  // No family stretches the rotation of a new model.
  if (spec.positions.rope_scaling == RopeScalingKind::kNone) {
    spec.positions.rope_scaling = RopeScalingKind::kOwn;
  }
  return spec;
}

// "hidden_size is 48 here and 64 there" for each of the `given` fields that differs.
std::vector<std::string> Differences(ModelSpec ours, ModelSpec theirs,
                                     const std::set<std::string>& given) {
  const FieldList our_fields = FieldsOf(ours), their_fields = FieldsOf(theirs);
  std::vector<std::string> differences;
  for (size_t i = 0; i < our_fields.fields().size(); ++i) {
    const Field& field = our_fields.fields()[i];
    const std::string here = LeafJson(field), there = LeafJson(their_fields.fields()[i]);
    if (here == there || field.key == kInitializerStd || !given.contains(field.key)) continue;
    differences.push_back(absl::StrCat(field.key, " is ", here, " here and ", there, " there"));
  }
  return differences;
}

}  // namespace

void Describe(ModelSpec& spec, FieldList& fields) {
  fields.RecordGivenKeys(spec.given);
  fields.Leaf("family", spec.family, {.doc = "architecture"});
  fields.Leaf("hidden_size", spec.hidden_size, Required("width of the residual stream", kMaxWidth));
  fields.Leaf("num_layers", spec.num_layers, Required("decoder layers", kMaxCount));
  fields.Leaf("num_heads", spec.num_heads, Required("query heads", kMaxCount));
  fields.Leaf("num_kv_heads", spec.num_kv_heads,
              {.doc = "key and value heads, a divisor of num_heads; 0: num_heads",
               .bounds = Between(0, kMaxCount)});
  fields.Leaf("head_dim", spec.head_dim,
              {.doc = "width of a head, even; 0: hidden_size / num_heads",
               .bounds = Between(0, kMaxWidth)});
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
  fields.Leaf("vector_size", spec.vector_size,
              {.doc = "values of the vectors that rows may begin with, such as the patches of an "
                      "image, which a linear map takes into the hidden size; 0: no such rows",
               .bounds = Between(0, kMaxWidth)});
  Describe(spec.positions, fields);
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

void Validate(const ModelSpec& spec, const InitSpec& init, const Violations& violations) {
  Validate(spec.positions, violations);
  const bool is_random = init.weights == InitSource::kRandom;
  if (!is_random && !GivesAll(spec)) return;
  if (IsComplete(spec)) return ValidateHeads(spec, violations);
  ReportMissing(spec, violations);
}

bool KnowsPositions(const ModelSpec& spec, const InitSpec& init) {
  return init.weights == InitSource::kRandom || spec.given.contains("max_positions");
}

absl::StatusOr<ModelSpec> CompletedBy(const ModelSpec& defined, const ModelSpec& stored,
                                      const std::string& where) {
  ModelSpec ours = defined, theirs = Explicit(stored);
  const FieldList our_fields = FieldsOf(ours), their_fields = FieldsOf(theirs);
  for (size_t i = 0; i < our_fields.fields().size(); ++i) {
    const Field& field = our_fields.fields()[i];
    if (!defined.given.contains(field.key)) CopyLeaf(their_fields.fields()[i], field);
  }
  ours = Explicit(ours);
  const std::vector<std::string> differences = Differences(ours, theirs, defined.given);
  if (!differences.empty()) {
    return UsageError(absl::StrCat("[model] does not fit the initial weights in ", where, ": ",
                                   absl::StrJoin(differences, ", "),
                                   "; leave these fields out of [model], which then takes them "
                                   "from the weights, or give them the values there"));
  }
  for (const Field& field : our_fields.fields()) ours.given.insert(field.key);
  return ours;
}

std::string GeometryJson(const ModelSpec& spec) {
  ModelSpec explicit_spec = Explicit(spec);
  PositionsSpec defaults;
  const FieldList default_fields = FieldsOf(defaults);
  std::vector<std::string> members;
  ForEachLeaf(FieldsOf(explicit_spec), [&](const std::string& key, const Field& leaf) {
    const Field* position = default_fields.Find(key);
    const std::string json = LeafJson(leaf);
    if (position != nullptr && LeafJson(*position) == json) return;
    members.push_back(absl::StrCat("\"", key, "\":", json));
  });
  return absl::StrCat("{", absl::StrJoin(members, ","), "}");
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
