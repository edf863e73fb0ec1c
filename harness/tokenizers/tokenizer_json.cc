#include "harness/tokenizers/tokenizer_json.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/tokenizers/json_component.h"
#include "harness/tokenizers/tokenizer_json_model.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;
using Keys = std::vector<std::string_view>;

// Known files have three; each step costs a compiled pattern.
constexpr size_t kMaxSplitSteps = 16;

// The parts, with what is only needed while they are read.
struct Reading {
  ByteLevelBpeParts parts;
  TokenIds ids;  // of the model's tokens, then of added ones too
  int64_t num_model_tokens = 0;
  bool maps_bytes = false;     // a ByteLevel pre-tokenizer was read; it must be the last
  bool decodes_bytes = false;  // a ByteLevel decoder was read; it must be the first
  bool has_template = false;
};

// A `type` that a component may have, and what reads it.
struct Kind {
  std::string_view type;
  absl::Status (*read)(const JsonComponent&, Reading&);
};

absl::Status ReadKind(const Json& json, std::string path, std::span<const Kind> kinds,
                      Reading& reading) {
  BENCH_ASSIGN_OR_RETURN(const JsonComponent component, JsonComponent::Of(json, std::move(path)));
  BENCH_ASSIGN_OR_RETURN(const std::string type, component.Text("type"));
  std::string supported;
  for (const Kind& kind : kinds) {
    if (kind.type == type) return kind.read(component, reading);
    absl::StrAppend(&supported, supported.empty() ? "" : ", ", internal::View(kind.type));
  }
  return component.Error(absl::StrCat("the type ", QuotedForMessage(type),
                                      " is not supported (supported: ", supported, ")"));
}

absl::Status ReadKinds(const JsonComponent& sequence, std::string_view key,
                       std::span<const Kind> kinds, Reading& reading) {
  BENCH_RETURN_IF_ERROR(sequence.CheckKeys(Keys{"type", key}));
  BENCH_ASSIGN_OR_RETURN(const Json* elements, sequence.Array(key));
  for (size_t i = 0; i < elements->size(); ++i) {
    BENCH_RETURN_IF_ERROR(
        ReadKind((*elements)[i], absl::StrCat(sequence.PathOf(key), "[", i, "]"), kinds, reading));
  }
  return absl::OkStatus();
}

absl::Status ReadModel(const JsonComponent& model, Reading& reading) {
  BENCH_RETURN_IF_ERROR(ReadBpeJson(model, reading.parts, reading.ids));
  reading.num_model_tokens = static_cast<int64_t>(reading.ids.size());
  return absl::OkStatus();
}
constexpr std::array<Kind, 1> kModels = {{{"BPE", ReadModel}}};

// --- added tokens ---

// The id that `tokenizers` gives when it loads the file: the model's, else the next free one.
int64_t AssignedId(const std::string& content, const Reading& reading) {
  const auto known = reading.ids.find(content);
  if (known != reading.ids.end()) return known->second;
  int64_t next = reading.num_model_tokens;
  for (const AddedToken& token : reading.parts.added_tokens) next = std::max(next, token.id + 1);
  return next;
}

absl::Status ReadAddedToken(const JsonComponent& json, Reading& reading) {
  BENCH_RETURN_IF_ERROR(json.CheckKeys(
      Keys{"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"}));
  BENCH_RETURN_IF_ERROR(json.CheckUnset("single_word"));
  AddedToken token;
  BENCH_ASSIGN_OR_RETURN(token.id, json.Integer("id"));
  BENCH_ASSIGN_OR_RETURN(token.content, json.Text("content"));
  BENCH_ASSIGN_OR_RETURN(token.lstrip, json.Flag("lstrip", false));
  BENCH_ASSIGN_OR_RETURN(token.rstrip, json.Flag("rstrip", false));
  BENCH_ASSIGN_OR_RETURN(token.special, json.Flag("special", false));
  BENCH_ASSIGN_OR_RETURN(token.normalized, json.Flag("normalized", !token.special));
  const int64_t assigned = AssignedId(token.content, reading);
  if (token.content.empty() || token.id != assigned || token.id > kMaxTokenId) {
    return json.Error(absl::StrCat(QuotedForMessage(token.content), " has the id ", token.id,
                                   "; PyPI tokenizers would give it ", assigned));
  }
  std::vector<std::string>& pieces = reading.parts.pieces;
  const auto index = static_cast<size_t>(token.id);
  if (index >= pieces.size()) pieces.resize(index + 1);
  if (!pieces[index].empty() && pieces[index] != token.content) {
    return json.Error(absl::StrCat("the id ", token.id, " is taken"));
  }
  const bool repeated =
      std::any_of(reading.parts.added_tokens.begin(), reading.parts.added_tokens.end(),
                  [&](const AddedToken& other) { return other.content == token.content; });
  if (repeated) return json.Error(absl::StrCat(QuotedForMessage(token.content), " comes twice"));
  pieces[index] = token.content;
  if (reading.ids.emplace(token.content, token.id).second) {
    reading.parts.beyond_model.push_back(token.id);
  }
  reading.parts.added_tokens.push_back(std::move(token));
  return absl::OkStatus();
}

absl::Status ReadAddedTokens(const JsonComponent& file, Reading& reading) {
  if (file.Find("added_tokens") == nullptr) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const Json* tokens, file.Array("added_tokens"));
  // Reading one looks at those before it; the largest known list has about a thousand.
  constexpr size_t kMaxAddedTokens = 1 << 14;
  if (tokens->size() > kMaxAddedTokens) {
    return file.Error(absl::StrCat("added_tokens: more than ", kMaxAddedTokens));
  }
  for (size_t i = 0; i < tokens->size(); ++i) {
    BENCH_ASSIGN_OR_RETURN(const JsonComponent token,
                           JsonComponent::Of((*tokens)[i], absl::StrCat("added_tokens[", i, "]")));
    BENCH_RETURN_IF_ERROR(ReadAddedToken(token, reading));
  }
  return absl::OkStatus();
}

// --- normalizer ---

absl::Status ReadNfc(const JsonComponent& nfc, Reading& reading) {
  reading.parts.form = TextForm::kNfc;
  return nfc.CheckKeys(Keys{"type"});
}

absl::Status ReadNormalizerSequence(const JsonComponent& sequence, Reading& reading);
constexpr std::array<Kind, 2> kNormalizers = {
    {{"Sequence", ReadNormalizerSequence}, {"NFC", ReadNfc}}};
absl::Status ReadNormalizerSequence(const JsonComponent& sequence, Reading& reading) {
  return ReadKinds(sequence, "normalizers", kNormalizers, reading);
}

// --- pre-tokenizer ---

absl::Status AddStep(const JsonComponent& component,
                     absl::StatusOr<std::unique_ptr<SplitStep>> step, Reading& reading) {
  if (!step.ok()) return component.Error(std::string(step.status().message()));
  if (reading.maps_bytes) return component.Error("comes after ByteLevel, which must be the last");
  if (reading.parts.split_steps.size() == kMaxSplitSteps) {
    return component.Error(absl::StrCat("more than ", kMaxSplitSteps, " steps"));
  }
  reading.parts.split_steps.push_back(*std::move(step));
  return absl::OkStatus();
}

// What to do with matches, or with what lies between them if inverted. The patterns that we know
// match every character, so that removing what lies between removes nothing.
absl::Status CheckSplitBehavior(const JsonComponent& split) {
  BENCH_ASSIGN_OR_RETURN(const std::string behavior, split.Text("behavior"));
  BENCH_ASSIGN_OR_RETURN(const bool invert, split.Flag("invert", false));
  if (behavior == "Isolated" || (behavior == "Removed" && invert)) return absl::OkStatus();
  return split.Error(absl::StrCat("the behavior ", QuotedForMessage(behavior),
                                  " is not supported (supported: Isolated; Removed with invert)"));
}

absl::Status ReadSplit(const JsonComponent& split, Reading& reading) {
  BENCH_RETURN_IF_ERROR(split.CheckKeys(Keys{"type", "pattern", "behavior", "invert"}));
  BENCH_RETURN_IF_ERROR(CheckSplitBehavior(split));
  BENCH_ASSIGN_OR_RETURN(const Json* pattern, split.Object("pattern"));
  BENCH_ASSIGN_OR_RETURN(const JsonComponent regex,
                         JsonComponent::Of(*pattern, split.PathOf("pattern")));
  BENCH_ASSIGN_OR_RETURN(const std::string text, regex.Text("Regex"));
  const std::optional<SplitPattern> known = FindSplitPattern(text);
  if (!known) {
    return split.Error(absl::StrCat("the pattern ", QuotedForMessage(text),
                                    " is not supported (supported: those of GPT-2, Llama 3, "
                                    "Qwen2)"));
  }
  return AddStep(split, MakePatternStep(*known), reading);
}

absl::Status ReadDigits(const JsonComponent& digits, Reading& reading) {
  BENCH_RETURN_IF_ERROR(digits.CheckKeys(Keys{"type", "individual_digits"}));
  BENCH_ASSIGN_OR_RETURN(const bool each_alone, digits.Flag("individual_digits", false));
  return AddStep(digits,
                 MakeDigitsStep(each_alone ? DigitGrouping::kEachAlone : DigitGrouping::kTogether),
                 reading);
}

absl::Status CheckByteLevelKeys(const JsonComponent& bytes) {
  return bytes.CheckKeys(Keys{"type", "add_prefix_space", "trim_offsets", "use_regex"});
}

absl::Status ReadByteLevel(const JsonComponent& bytes, Reading& reading) {
  // trim_offsets concerns positions only.
  BENCH_RETURN_IF_ERROR(CheckByteLevelKeys(bytes));
  BENCH_ASSIGN_OR_RETURN(const bool prefix_space, bytes.Flag("add_prefix_space", true));
  BENCH_ASSIGN_OR_RETURN(const bool use_regex, bytes.Flag("use_regex", true));
  if (prefix_space) BENCH_RETURN_IF_ERROR(AddStep(bytes, MakePrefixSpaceStep(), reading));
  if (use_regex) {
    BENCH_RETURN_IF_ERROR(AddStep(bytes, MakePatternStep(SplitPattern::kGpt2), reading));
  }
  if (reading.maps_bytes) return bytes.Error("comes twice");
  reading.maps_bytes = true;
  return absl::OkStatus();
}

absl::Status ReadSplitSequence(const JsonComponent& sequence, Reading& reading);
constexpr std::array<Kind, 4> kPreTokenizers = {{{"Sequence", ReadSplitSequence},
                                                 {"Split", ReadSplit},
                                                 {"Digits", ReadDigits},
                                                 {"ByteLevel", ReadByteLevel}}};
absl::Status ReadSplitSequence(const JsonComponent& sequence, Reading& reading) {
  return ReadKinds(sequence, "pretokenizers", kPreTokenizers, reading);
}

// --- post-processor ---

absl::Status AppendTemplateToken(const JsonComponent& process, const JsonComponent& token,
                                 std::vector<int64_t>& ids, const Reading& reading) {
  BENCH_ASSIGN_OR_RETURN(const std::string name, token.Text("id"));
  BENCH_ASSIGN_OR_RETURN(const Json* table, process.Object("special_tokens"));
  if (!table->contains(name)) {
    return process.Error(absl::StrCat("special_tokens lacks ", QuotedForMessage(name)));
  }
  BENCH_ASSIGN_OR_RETURN(const JsonComponent entry,
                         JsonComponent::Of((*table)[name], process.PathOf("special_tokens")));
  BENCH_ASSIGN_OR_RETURN(const Json* entry_ids, entry.Array("ids"));
  for (const Json& id : *entry_ids) {
    if (!id.is_number_integer() || id.get<int64_t>() < 0 ||
        id.get<int64_t>() >= static_cast<int64_t>(reading.parts.pieces.size())) {
      return entry.Error(absl::StrCat("an id of ", QuotedForMessage(name), " is no token"));
    }
    ids.push_back(id.get<int64_t>());
  }
  return absl::OkStatus();
}

// Elements of `single`: {"SpecialToken": {"id": ...}} and, once, {"Sequence": {"id": "A"}}.
absl::Status ReadTemplate(const JsonComponent& process, Reading& reading) {
  BENCH_RETURN_IF_ERROR(process.CheckKeys(Keys{"type", "single", "pair", "special_tokens"}));
  if (reading.has_template) return process.Error("comes twice");
  reading.has_template = true;
  BENCH_ASSIGN_OR_RETURN(const Json* single, process.Array("single"));
  int num_texts = 0;
  for (const Json& json : *single) {
    BENCH_ASSIGN_OR_RETURN(const JsonComponent element,
                           JsonComponent::Of(json, process.PathOf("single")));
    BENCH_RETURN_IF_ERROR(element.CheckKeys(Keys{"SpecialToken", "Sequence"}));
    if (element.Find("Sequence") != nullptr) {
      ++num_texts;
      continue;
    }
    BENCH_ASSIGN_OR_RETURN(const Json* special, element.Object("SpecialToken"));
    BENCH_ASSIGN_OR_RETURN(const JsonComponent token,
                           JsonComponent::Of(*special, element.PathOf("SpecialToken")));
    BENCH_RETURN_IF_ERROR(AppendTemplateToken(
        process, token, num_texts == 0 ? reading.parts.prefix : reading.parts.suffix, reading));
  }
  if (num_texts != 1) return process.Error("single does not hold the text exactly once");
  return absl::OkStatus();
}

// Its known fields concern positions, or splitting, which it does as a pre-tokenizer only.
absl::Status ReadOffsets(const JsonComponent& bytes, Reading&) { return CheckByteLevelKeys(bytes); }

absl::Status ReadProcessSequence(const JsonComponent& sequence, Reading& reading);
constexpr std::array<Kind, 3> kPostProcessors = {{{"Sequence", ReadProcessSequence},
                                                  {"TemplateProcessing", ReadTemplate},
                                                  {"ByteLevel", ReadOffsets}}};
absl::Status ReadProcessSequence(const JsonComponent& sequence, Reading& reading) {
  return ReadKinds(sequence, "processors", kPostProcessors, reading);
}

// --- decoder ---

absl::Status ReadByteDecoder(const JsonComponent& bytes, Reading& reading) {
  if (reading.decodes_bytes) return bytes.Error("comes twice");
  reading.decodes_bytes = true;
  return CheckByteLevelKeys(bytes);
}

// Joins the texts of tokens, which ByteLevel has done already.
absl::Status ReadFuse(const JsonComponent& fuse, Reading& reading) {
  if (!reading.decodes_bytes) return fuse.Error("comes before ByteLevel");
  return fuse.CheckKeys(Keys{"type"});
}

absl::Status ReadDecoderSequence(const JsonComponent& sequence, Reading& reading);
constexpr std::array<Kind, 3> kDecoders = {
    {{"Sequence", ReadDecoderSequence}, {"ByteLevel", ReadByteDecoder}, {"Fuse", ReadFuse}}};
absl::Status ReadDecoderSequence(const JsonComponent& sequence, Reading& reading) {
  return ReadKinds(sequence, "decoders", kDecoders, reading);
}

// --- the file ---

// In the order in which each may lean on what was read before. `truncation` and `padding` are what
// the last call of whoever saved the file asked for; transformers sets them anew with every call.
absl::Status ReadFileInto(const JsonComponent& file, Reading& reading) {
  BENCH_RETURN_IF_ERROR(
      file.CheckKeys(Keys{"version", "truncation", "padding", "added_tokens", "normalizer",
                          "pre_tokenizer", "post_processor", "decoder", "model"}));
  const std::pair<std::string_view, std::span<const Kind>> needed[] = {
      {"model", kModels}, {"pre_tokenizer", kPreTokenizers}, {"decoder", kDecoders}};
  for (const auto& [key, kinds] : needed) {
    BENCH_ASSIGN_OR_RETURN(const Json* json, file.Object(key));
    BENCH_RETURN_IF_ERROR(ReadKind(*json, std::string(key), kinds, reading));
  }
  if (!reading.maps_bytes) return file.Error("pre_tokenizer: ends without ByteLevel");
  if (!reading.decodes_bytes) return file.Error("decoder: has no ByteLevel");
  BENCH_RETURN_IF_ERROR(ReadAddedTokens(file, reading));
  const std::pair<std::string_view, std::span<const Kind>> optional[] = {
      {"normalizer", kNormalizers}, {"post_processor", kPostProcessors}};
  for (const auto& [key, kinds] : optional) {
    const Json* json = file.Find(key);
    if (json != nullptr) BENCH_RETURN_IF_ERROR(ReadKind(*json, std::string(key), kinds, reading));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ByteLevelBpe>> Read(std::string_view bytes) {
  BENCH_ASSIGN_OR_RETURN(const Json json, ParseJson(bytes));
  BENCH_ASSIGN_OR_RETURN(const JsonComponent file, JsonComponent::Of(json, ""));
  Reading reading;
  BENCH_RETURN_IF_ERROR(ReadFileInto(file, reading));
  return ByteLevelBpe::Create(std::move(reading.parts));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteLevelBpe>> ReadTokenizerJson(std::string_view bytes,
                                                                std::string_view name) {
  absl::StatusOr<std::unique_ptr<ByteLevelBpe>> tokenizer = Read(bytes);
  if (!tokenizer.ok()) return Annotate(tokenizer.status(), name);
  return tokenizer;
}

}  // namespace bench::harness
