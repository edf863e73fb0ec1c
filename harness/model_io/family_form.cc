#include "harness/model_io/family_form.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/data/prompt_template.h"
#include "harness/definition/canonical.h"
#include "harness/definition/enum_names.h"
#include "harness/definition/field.h"
#include "harness/model_io/decoder_artifact.h"
#include "models/families/family.h"
#include "nlohmann/json.hpp"

namespace bench::harness {
namespace {

// Shapes the first weights only; some families' files leave it out.
constexpr std::string_view kInitializerStd = "initializer_std";

std::string NameOf(const models::DecoderConfig& config) {
  return std::string(models::EntryOf(config.family).name);
}

// What config.json of this configuration is read as.
absl::StatusOr<models::DecoderConfig> ReadAgain(const models::DecoderConfig& config) {
  const models::FamilyEntry& family = models::EntryOf(config.family);
  nlohmann::json json = {{"model_type", family.model_type}};
  family.to_json(config, json);
  if (config.vector_size > 0) json[models::kVectorSize] = config.vector_size;
  return models::ConfigFromJson(json);
}

// "num_kv_heads is 2 here and would be read as 4" for each field that does not come back.
std::vector<std::string> Lost(const models::DecoderConfig& config,
                              const models::DecoderConfig& read) {
  ModelSpec ours = ModelSpecOf(config), theirs = ModelSpecOf(read);
  const FieldList our_fields = FieldsOf(ours), their_fields = FieldsOf(theirs);
  std::vector<std::string> lost;
  for (size_t i = 0; i < our_fields.fields().size(); ++i) {
    const Field& field = our_fields.fields()[i];
    const std::string here = LeafJson(field), there = LeafJson(their_fields.fields()[i]);
    if (here == there || field.key == kInitializerStd) continue;
    lost.push_back(absl::StrCat(field.key, " is ", here, " here and would be read as ", there));
  }
  return lost;
}

constexpr std::string_view kMark = "[gMASK]";

// Behind the prompt: before it ("chatglm2") the mark is another format's.
bool WritesMark(PromptTemplate prompt_template) {
  const auto& tail = RowOf(prompt_template).tail;
  return std::any_of(tail.begin(), tail.end(),
                     [](const TemplateSlot& slot) { return slot.text == kMark; });
}

}  // namespace

absl::Status CheckRowsOf(const models::DecoderConfig& config, PromptTemplate prompt_template) {
  if (!std::holds_alternative<models::BlockRope>(config.position)) return absl::OkStatus();
  if (WritesMark(prompt_template)) return absl::OkStatus();
  return UsageError(absl::StrCat(
      "family ", NameOf(config), ": every row of it needs ", internal::View(kMark),
      " and the beginning of sequence behind its prompt, which the prompt template \"",
      internal::View(Name(prompt_template)),
      "\" does not write: take data.prompt_template = \"chatglm\" with the model's own tokenizer"));
}

absl::Status CheckFilesHold(const models::DecoderConfig& config) {
  BENCH_RETURN_IF_ERROR(models::Validate(config));
  const absl::StatusOr<models::DecoderConfig> read = ReadAgain(config);
  const std::string refusal =
      absl::StrCat("[model] does not fit config.json of family ", NameOf(config),
                   ", which the trained model is saved "
                   "with: ");
  if (!read.ok()) return UsageError(absl::StrCat(refusal, read.status().message()));
  const std::vector<std::string> lost = Lost(config, *read);
  if (lost.empty()) return absl::OkStatus();
  return UsageError(absl::StrCat(refusal, absl::StrJoin(lost, ", ")));
}

}  // namespace bench::harness
