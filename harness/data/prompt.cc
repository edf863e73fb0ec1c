#include "harness/data/prompt.h"

#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/status.h"
#include "harness/definition/enum_names.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

std::string Spaced(const std::string& text, ContentSpace space) {
  switch (space) {
    case ContentSpace::kKept:
      return text;
    case ContentSpace::kTrimmed:
      return StripAsPython(text);
    case ContentSpace::kSingleBreaks:
      return absl::StrReplaceAll(absl::StrReplaceAll(text, {{"\r\n", "\n"}}), {{"\n\n", "\n"}});
  }
  return text;
}

std::span<const TemplateSlot> SlotsFor(const TemplateRow& row, const SftExample& example) {
  return example.input.empty() ? row.prompt : row.prompt_with_input;
}

std::string MessageOf(const SftExample& example) {
  if (example.input.empty()) return example.instruction;
  return absl::StrCat(example.instruction, "\n", example.input);
}

// What slots are filled with.
struct Filling {
  SftExample example;  // its own message alone
  int64_t turn = 0;    // number of its turn
};

// Text that a slot stands for; of a token its name.
std::string TextOf(const TemplateSlot& slot, const TemplateRow& row, const Filling& filling) {
  switch (slot.kind) {
    case SlotKind::kBos:
    case SlotKind::kControl:
    case SlotKind::kPiece:
    case SlotKind::kText:
      return std::string(slot.text);
    case SlotKind::kInstruction:
      return Spaced(filling.example.instruction, row.space);
    case SlotKind::kInput:
      return Spaced(filling.example.input, row.space);
    case SlotKind::kMessage:
      return Spaced(MessageOf(filling.example), row.space);
    case SlotKind::kTurn:
      return absl::StrCat(filling.turn);
  }
  return "";
}

enum class PieceKind { kBos, kNamed, kText, kAnswer, kLearntAnswer };
// A part of a prompt: text, a token by name, or an answer of an earlier turn.
struct Piece {
  PieceKind kind;
  std::string text;
};
bool IsNamed(SlotKind slot) { return slot == SlotKind::kControl || slot == SlotKind::kPiece; }
bool IsAnswer(PieceKind kind) {
  return kind == PieceKind::kAnswer || kind == PieceKind::kLearntAnswer;
}
PieceKind KindOf(SlotKind slot) {
  if (slot == SlotKind::kBos) return PieceKind::kBos;
  return IsNamed(slot) ? PieceKind::kNamed : PieceKind::kText;
}

void AddSlots(std::span<const TemplateSlot> slots, const TemplateRow& row, const Filling& filling,
              std::vector<Piece>& pieces) {
  for (const TemplateSlot& slot : slots) {
    pieces.push_back({KindOf(slot.kind), TextOf(slot, row, filling)});
  }
}

// The conversation's own system message, or the row's.
std::optional<std::string> SystemOf(const TemplateRow& row, const EarlierTurns& earlier) {
  if (earlier.system || row.default_system.empty()) return earlier.system;
  return std::string(row.default_system);
}

// The first prompt has what comes once.
void AddFirstPrompt(const TemplateRow& row, Filling filling,
                    const std::optional<std::string>& system, std::vector<Piece>& pieces) {
  if (system && row.system.empty()) {
    filling.example.instruction = absl::StrCat(*system, "\n\n", filling.example.instruction);
  }
  const std::span<const TemplateSlot> slots = SlotsFor(row, filling.example);
  AddSlots(slots.first(row.num_opening_slots), row, filling, pieces);
  if (system) AddSlots(row.system, row, {{*system, "", "", ""}}, pieces);
  AddSlots(slots.subspan(row.num_opening_slots), row, filling, pieces);
}

void AddLaterPrompt(const TemplateRow& row, const Filling& filling, std::vector<Piece>& pieces) {
  pieces.push_back({PieceKind::kText, std::string(row.after_answer)});
  AddSlots(row.later_prompt.empty() ? SlotsFor(row, filling.example).subspan(row.num_opening_slots)
                                    : row.later_prompt,
           row, filling, pieces);
}

// Everything before the example's answer.
std::vector<Piece> PiecesOf(const TemplateRow& row, const SftExample& example) {
  std::vector<Piece> pieces;
  const EarlierTurns& earlier = example.earlier;
  const auto add_prompt = [&](const SftExample& prompt, int64_t turn) {
    const Filling filling = {prompt, row.first_turn + turn};
    if (turn == 0) {
      AddFirstPrompt(row, filling, SystemOf(row, earlier), pieces);
    } else {
      AddLaterPrompt(row, filling, pieces);
    }
  };
  int64_t turn = 0;
  for (const Turn& past : earlier.turns) {
    add_prompt({past.user, "", "", ""}, turn++);
    const bool is_learnt = past.is_trained && row.tail.empty();
    pieces.push_back({is_learnt ? PieceKind::kLearntAnswer : PieceKind::kAnswer, past.assistant});
  }
  add_prompt({example.instruction, example.input, "", ""}, turn);
  AddSlots(row.tail, row, {}, pieces);
  return pieces;
}

// An answer's text with the template's around it.
std::string FramedAnswer(const TemplateRow& row, const std::string& text) {
  return absl::StrCat(internal::View(row.before_answer), Spaced(text, row.space),
                      internal::View(row.behind_answer));
}

std::string EndText(const TemplateRow& row, const SpecialTexts& special) {
  return row.end.empty() ? special.eos : std::string(row.end);
}

// Every token that the template names, by name: whether it must be a control token.
std::map<std::string, bool> TokenNames(const TemplateRow& row) {
  std::map<std::string, bool> names;
  if (!row.end.empty()) names[std::string(row.end)] = row.end_kind == SlotKind::kControl;
  for (const auto slots :
       {row.prompt, row.prompt_with_input, row.system, row.later_prompt, row.tail}) {
    for (const TemplateSlot& slot : slots) {
      if (IsNamed(slot.kind)) names[std::string(slot.text)] = slot.kind == SlotKind::kControl;
    }
  }
  return names;
}

// The token of this name: what the family numbers itself, as its own tokenizer asks that first; a
// control token; or any piece.
std::optional<int64_t> FindPiece(const Tokenizer& tokenizer, const TemplateRow& row,
                                 const std::string& name) {
  for (const NumberedToken& numbered : row.numbered) {
    if (numbered.name == name && numbered.vocab_size == tokenizer.vocab_size()) return numbered.id;
  }
  if (const std::optional<int64_t> token = tokenizer.ControlToken(name)) return token;
  for (int64_t id = 0; id < tokenizer.vocab_size(); ++id) {
    if (tokenizer.Piece(id) == name) return id;
  }
  return std::nullopt;
}

}  // namespace

std::string PromptText(PromptTemplate prompt_template, const SftExample& example,
                       const SpecialTexts& special) {
  const TemplateRow& row = RowOf(prompt_template);
  std::string prompt;
  for (const Piece& piece : PiecesOf(row, example)) {
    if (IsAnswer(piece.kind)) {
      absl::StrAppend(&prompt, FramedAnswer(row, piece.text));
      if (row.ended == EndedAnswers::kAll) absl::StrAppend(&prompt, EndText(row, special));
    } else {
      absl::StrAppend(&prompt, piece.kind == PieceKind::kBos ? special.bos : piece.text);
    }
  }
  return prompt;
}

std::string TargetText(PromptTemplate prompt_template, const SftExample& example,
                       const SpecialTexts& special) {
  const TemplateRow& row = RowOf(prompt_template);
  return absl::StrCat(FramedAnswer(row, example.output), EndText(row, special));
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
  BENCH_RETURN_IF_ERROR(encoder.FindNamedTokens(prompt_template));
  const TemplateRow& row = *encoder.row_;
  AnswerForm& form = encoder.answer_form_;
  form.end_token =
      row.end.empty() ? tokenizer.eos_id() : encoder.named_tokens_.at(std::string(row.end));
  for (const std::string_view name : row.stop_tokens) {
    form.stop_tokens.push_back(encoder.named_tokens_.at(std::string(name)));
  }
  // A model that was pre-trained to end a text with EOS may end an answer so, whatever a turn ends
  // with.
  if (form.end_token != tokenizer.eos_id()) form.stop_tokens.push_back(tokenizer.eos_id());
  form.stop_texts.assign(row.stop_texts.begin(), row.stop_texts.end());
  form.before = row.before_answer;
  if (tokenizer.adds_leading_space() && form.before.starts_with(' ')) form.before.erase(0, 1);
  form.behind = row.behind_answer;
  return encoder;
}

absl::Status PromptEncoder::FindNamedTokens(PromptTemplate prompt_template) {
  std::vector<std::string> missing;
  bool needs_control = false;
  for (const auto& [name, is_control] : TokenNames(*row_)) {
    const std::optional<int64_t> token =
        is_control ? tokenizer_->ControlToken(name) : FindPiece(*tokenizer_, *row_, name);
    if (token) {
      named_tokens_[name] = *token;
    } else {
      missing.push_back(name);
      needs_control = needs_control || is_control;
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return UsageError(absl::StrCat(
      "data.prompt_template = \"", internal::View(Name(prompt_template)), "\" needs ",
      absl::StrJoin(missing, ", "), ", which ", tokenizer_->files().where, " does not have as a ",
      needs_control ? "control token" : "token", ": take another template or tokenizer"));
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
    if (piece.kind == PieceKind::kBos && !tokenizer_->bos_id()) continue;
    encode_text();
    const int64_t begin = std::ssize(tokens);
    if (piece.kind == PieceKind::kBos) {
      tokens.push_back(*tokenizer_->bos_id());
      continue;
    }
    if (piece.kind == PieceKind::kNamed) {
      tokens.push_back(named_tokens_.at(piece.text));
      continue;
    }
    append(Answer(piece.text));
    if (row_->ended == EndedAnswers::kAll) tokens.push_back(end_token());
    if (piece.kind == PieceKind::kLearntAnswer && std::ssize(tokens) > begin) {
      prompt.earlier_targets.push_back({begin, std::ssize(tokens)});
    }
  }
  encode_text();
  prompt.num_prompt_tokens = std::ssize(tokens);
  return prompt;
}

std::vector<int64_t> PromptEncoder::Answer(const std::string& text) const {
  return tokenizer_->Encode(
      absl::StrCat(answer_form_.before, Spaced(text, row_->space), answer_form_.behind));
}

std::vector<int64_t> PromptEncoder::Target(const SftExample& example) const {
  std::vector<int64_t> tokens = Answer(example.output);
  tokens.push_back(end_token());
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
