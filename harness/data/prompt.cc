#include "harness/data/prompt.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

std::string Spaced(const std::string& text, ContentSpace space) {
  return space == ContentSpace::kTrimmed ? StripAsPython(text) : text;
}

std::span<const TemplateSlot> SlotsFor(const TemplateRow& row, const SftExample& example) {
  return example.input.empty() ? row.prompt : row.prompt_with_input;
}

std::string MessageOf(const SftExample& example) {
  if (example.input.empty()) return example.instruction;
  return absl::StrCat(example.instruction, "\n", example.input);
}

// Text that a slot stands for; of a control token its name.
std::string TextOf(const TemplateSlot& slot, const TemplateRow& row, const SftExample& example) {
  switch (slot.kind) {
    case SlotKind::kBos:
    case SlotKind::kControl:
    case SlotKind::kText:
      return std::string(slot.text);
    case SlotKind::kInstruction:
      return Spaced(example.instruction, row.space);
    case SlotKind::kInput:
      return Spaced(example.input, row.space);
    case SlotKind::kMessage:
      return Spaced(MessageOf(example), row.space);
  }
  return "";
}

// Every control token that the template names.
std::vector<std::string> ControlNames(const TemplateRow& row) {
  std::vector<std::string> names;
  if (!row.end.empty()) names.emplace_back(row.end);
  for (const std::span<const TemplateSlot> slots : {row.prompt, row.prompt_with_input}) {
    for (const TemplateSlot& slot : slots) {
      if (slot.kind == SlotKind::kControl) names.emplace_back(slot.text);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::string PromptText(PromptTemplate prompt_template, const SftExample& example) {
  const TemplateRow& row = RowOf(prompt_template);
  std::string prompt;
  for (const TemplateSlot& slot : SlotsFor(row, example)) prompt += TextOf(slot, row, example);
  return prompt;
}

std::vector<std::string> FixedTexts(PromptTemplate prompt_template) {
  const TemplateRow& row = RowOf(prompt_template);
  std::vector<std::string> texts;
  for (const std::span<const TemplateSlot> slots : {row.prompt, row.prompt_with_input}) {
    for (const TemplateSlot& slot : slots) {
      if (slot.kind != SlotKind::kText) continue;
      // A text that comes again has its last place: trained tokenizers number pieces in this order.
      std::erase(texts, slot.text);
      texts.emplace_back(slot.text);
    }
  }
  return texts;
}

absl::StatusOr<PromptEncoder> PromptEncoder::Create(const Tokenizer& tokenizer,
                                                    PromptTemplate prompt_template) {
  PromptEncoder encoder(tokenizer, prompt_template);
  std::vector<std::string> missing;
  for (const std::string& name : ControlNames(*encoder.row_)) {
    const std::optional<int64_t> token = tokenizer.ControlToken(name);
    if (token) {
      encoder.control_tokens_[name] = *token;
    } else {
      missing.push_back(name);
    }
  }
  if (!missing.empty()) {
    return UsageError(
        absl::StrCat("data.prompt_template = \"", std::string(Name(prompt_template)), "\" needs ",
                     absl::StrJoin(missing, ", "), ", which ", tokenizer.files().where,
                     " does not have as a control token: take another template or tokenizer"));
  }
  const std::string end(encoder.row_->end);
  encoder.end_token_ = end.empty() ? tokenizer.eos_id() : encoder.control_tokens_.at(end);
  return encoder;
}

std::vector<int64_t> PromptEncoder::Prompt(const SftExample& example) const {
  std::vector<int64_t> tokens;
  std::string text;
  const auto encode_text = [&] {
    const std::vector<int64_t> encoded = tokenizer_->Encode(text);
    tokens.insert(tokens.end(), encoded.begin(), encoded.end());
    text.clear();
  };
  for (const TemplateSlot& slot : SlotsFor(*row_, example)) {
    if (slot.kind == SlotKind::kBos) {
      if (tokenizer_->bos_id()) tokens.push_back(*tokenizer_->bos_id());
    } else if (slot.kind == SlotKind::kControl) {
      encode_text();
      tokens.push_back(control_tokens_.at(std::string(slot.text)));
    } else {
      text += TextOf(slot, *row_, example);
    }
  }
  encode_text();
  return tokens;
}

std::vector<int64_t> PromptEncoder::Target(const SftExample& example) const {
  std::vector<int64_t> tokens = tokenizer_->Encode(Spaced(example.output, row_->space));
  tokens.push_back(end_token_);
  return tokens;
}

std::optional<TokenizedExample> PromptEncoder::Tokenize(const SftExample& example,
                                                        int64_t max_tokens) const {
  TokenizedExample row;
  row.tokens = Prompt(example);
  row.num_prompt_tokens = static_cast<int64_t>(row.tokens.size());
  if (row.num_prompt_tokens >= max_tokens) return std::nullopt;
  const std::vector<int64_t> target = Target(example);
  row.tokens.insert(row.tokens.end(), target.begin(), target.end());
  if (std::ssize(row.tokens) > max_tokens) row.tokens.resize(static_cast<size_t>(max_tokens));
  return row;
}

}  // namespace bench::harness
