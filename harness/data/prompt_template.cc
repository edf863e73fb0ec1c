#include "harness/data/prompt_template.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"
#include "harness/data/templates/alpaca.h"
#include "harness/data/templates/baichuan.h"
#include "harness/data/templates/baichuan2.h"
#include "harness/data/templates/chatglm.h"
#include "harness/data/templates/chatglm2.h"
#include "harness/data/templates/chatml.h"
#include "harness/data/templates/deepseek.h"
#include "harness/data/templates/falcon.h"
#include "harness/data/templates/internlm.h"
#include "harness/data/templates/llama2.h"
#include "harness/data/templates/llama3.h"
#include "harness/data/templates/moss.h"
#include "harness/data/templates/plain.h"
#include "harness/data/templates/qwen.h"
#include "harness/data/templates/stablelm.h"
#include "harness/data/templates/tigerbot.h"
#include "harness/data/templates/vicuna.h"

namespace bench::harness {
namespace {

// By PromptTemplate.
constexpr std::array kRows = {
    templates::kAlpaca,   templates::kPlain,    templates::kChatml,    templates::kLlama3,
    templates::kVicuna,   templates::kLlama2,   templates::kQwen,      templates::kChatglm,
    templates::kChatglm2, templates::kBaichuan, templates::kBaichuan2, templates::kInternlm,
    templates::kMoss,     templates::kTigerbot, templates::kStablelm,  templates::kFalcon,
    templates::kDeepseek,
};
static_assert(kRows.size() == EnumNames(PromptTemplate{}).size());

// Names for the digest: the numbers of enumerators change when one is added between them.
std::string NameOf(SlotKind kind) {
  switch (kind) {
    case SlotKind::kBos:
      return "bos";
    case SlotKind::kControl:
      return "control";
    case SlotKind::kText:
      return "text";
    case SlotKind::kInstruction:
      return "instruction";
    case SlotKind::kInput:
      return "input";
    case SlotKind::kMessage:
      return "message";
    case SlotKind::kPiece:
      return "piece";
    case SlotKind::kTurn:
      return "turn";
  }
  return "";
}
std::string NameOf(ContentSpace space) {
  switch (space) {
    case ContentSpace::kKept:
      return "kept";
    case ContentSpace::kTrimmed:
      return "trimmed";
    case ContentSpace::kSingleBreaks:
      return "single breaks";
  }
  return "";
}

void AddSlots(std::span<const TemplateSlot> slots, Sha256& sha) {
  for (const TemplateSlot& slot : slots) {
    sha.Update(absl::StrCat(NameOf(slot.kind), " ", slot.text.size(), " ",
                            internal::View(slot.text), "\n"));
  }
  sha.Update("\n");
}

void AddText(std::string_view text, Sha256& sha) {
  sha.Update(absl::StrCat(text.size(), " ", internal::View(text), "\n"));
}

// What several turns, system messages and answers are made of.
void AddConversation(const TemplateRow& row, Sha256& sha) {
  for (const auto slots : {row.system, row.later_prompt, row.tail}) AddSlots(slots, sha);
  for (const std::string_view text :
       {row.after_answer, row.default_system, row.before_answer, row.behind_answer}) {
    AddText(text, sha);
  }
  sha.Update(absl::StrCat(row.num_opening_slots, " ", row.first_turn, " ", NameOf(row.end_kind),
                          row.ended == EndedAnswers::kAll ? " all" : " last", "\n"));
  for (const auto stops : {row.stop_texts, row.stop_tokens}) {
    for (const std::string_view stop : stops) AddText(stop, sha);
    sha.Update("\n");
  }
  for (const NumberedToken& token : row.numbered) {
    AddText(token.name, sha);
    sha.Update(absl::StrCat(token.id, " ", token.vocab_size, "\n"));
  }
}

}  // namespace

const TemplateRow& RowOf(PromptTemplate prompt_template) {
  return kRows[static_cast<size_t>(prompt_template)];
}

std::string Digest(PromptTemplate prompt_template) {
  const TemplateRow& row = RowOf(prompt_template);
  Sha256 sha;
  for (const auto slots : {row.prompt, row.prompt_with_input}) AddSlots(slots, sha);
  sha.Update(absl::StrCat(internal::View(row.end), "\n", NameOf(row.space), "\n"));
  if (row.digested == DigestedParts::kWhole) AddConversation(row, sha);
  return sha.HexDigest();
}

}  // namespace bench::harness
