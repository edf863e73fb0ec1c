#include "harness/data/prompt.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

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

enum class PieceKind { kBos, kControl, kText, kAnswer, kLearntAnswer };
// A part of a prompt: text, a control token by name, or an answer of an earlier turn.
struct Piece {
  PieceKind kind;
  std::string text;
};
PieceKind KindOf(SlotKind slot) {
  if (slot == SlotKind::kBos) return PieceKind::kBos;
  return slot == SlotKind::kControl ? PieceKind::kControl : PieceKind::kText;
}

void AddSlots(std::span<const TemplateSlot> slots, const TemplateRow& row,
              const SftExample& example, std::vector<Piece>& pieces) {
  for (const TemplateSlot& slot : slots) {
    pieces.push_back({KindOf(slot.kind), TextOf(slot, row, example)});
  }
}

// The first prompt has what comes once.
void AddFirstPrompt(const TemplateRow& row, SftExample example,
                    const std::optional<std::string>& system, std::vector<Piece>& pieces) {
  if (system && row.system.empty()) {
    example.instruction = absl::StrCat(*system, "\n\n", example.instruction);
  }
  const std::span<const TemplateSlot> slots = SlotsFor(row, example);
  AddSlots(slots.first(row.num_opening_slots), row, example, pieces);
  if (system) AddSlots(row.system, row, {*system, "", "", ""}, pieces);
  AddSlots(slots.subspan(row.num_opening_slots), row, example, pieces);
}

// Everything before the example's answer.
std::vector<Piece> PiecesOf(const TemplateRow& row, const SftExample& example) {
  std::vector<Piece> pieces;
  const EarlierTurns& earlier = example.earlier;
  bool is_first = true;
  const auto add_prompt = [&](const SftExample& prompt) {
    if (std::exchange(is_first, false)) {
      AddFirstPrompt(row, prompt, earlier.system, pieces);
      return;
    }
    pieces.push_back({PieceKind::kText, std::string(row.after_answer)});
    AddSlots(SlotsFor(row, prompt).subspan(row.num_opening_slots), row, prompt, pieces);
  };
  for (const Turn& turn : earlier.turns) {
    add_prompt({turn.user, "", "", ""});
    pieces.push_back(
        {turn.is_trained ? PieceKind::kLearntAnswer : PieceKind::kAnswer, turn.assistant});
  }
  add_prompt({example.instruction, example.input, "", ""});
  return pieces;
}

// Every control token that the template names.
std::vector<std::string> ControlNames(const TemplateRow& row) {
  std::vector<std::string> names;
  if (!row.end.empty()) names.emplace_back(row.end);
  for (const auto slots : {row.prompt, row.prompt_with_input, row.system}) {
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
  for (const Piece& piece : PiecesOf(row, example)) {
    const bool is_answer =
        piece.kind == PieceKind::kAnswer || piece.kind == PieceKind::kLearntAnswer;
    absl::StrAppend(&prompt, is_answer ? Spaced(piece.text, row.space) : piece.text,
                    is_answer ? internal::View(row.end) : "");
  }
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
  return PromptWithTargets(example).tokens;
}

TokenizedExample PromptEncoder::PromptWithTargets(const SftExample& example) const {
  TokenizedExample prompt;
  std::vector<int64_t>& tokens = prompt.tokens;
  std::string text;
  const auto append = [&tokens](const std::vector<int64_t>& more) {
    tokens.insert(tokens.end(), more.begin(), more.end());
  };
  const auto encode_text = [&] { append(tokenizer_->Encode(std::exchange(text, {}))); };
  for (const Piece& piece : PiecesOf(*row_, example)) {
    if (piece.kind == PieceKind::kText) {
      text += piece.text;
      continue;
    }
    if (piece.kind == PieceKind::kBos) {
      if (tokenizer_->bos_id()) tokens.push_back(*tokenizer_->bos_id());
      continue;
    }
    encode_text();
    const int64_t begin = std::ssize(tokens);
    if (piece.kind == PieceKind::kControl) {
      tokens.push_back(control_tokens_.at(piece.text));
      continue;
    }
    append(Answer(piece.text));
    if (piece.kind == PieceKind::kLearntAnswer) {
      prompt.earlier_targets.push_back({begin, std::ssize(tokens)});
    }
  }
  encode_text();
  prompt.num_prompt_tokens = std::ssize(tokens);
  return prompt;
}

std::vector<int64_t> PromptEncoder::Answer(const std::string& text) const {
  std::vector<int64_t> tokens = tokenizer_->Encode(Spaced(text, row_->space));
  tokens.push_back(end_token_);
  return tokens;
}

std::optional<TokenizedExample> PromptEncoder::Tokenize(const SftExample& example,
                                                        int64_t max_tokens) const {
  TokenizedExample row = PromptWithTargets(example);
  if (row.num_prompt_tokens >= max_tokens) return std::nullopt;
  const std::vector<int64_t> target = Target(example);
  row.tokens.insert(row.tokens.end(), target.begin(), target.end());
  if (std::ssize(row.tokens) > max_tokens) row.tokens.resize(static_cast<size_t>(max_tokens));
  return row;
}

}  // namespace bench::harness
