#include "harness/data/prompt_template.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {
namespace {

constexpr TemplateSlot kAlpaca[] = {
    {SlotKind::kBos, ""},
    {SlotKind::kText,
     "Below is an instruction that describes a task. "
     "Write a response that appropriately completes the request.\n\n### Instruction:\n"},
    {SlotKind::kInstruction, ""},
    {SlotKind::kText, "\n\n### Response:"},
};
constexpr TemplateSlot kAlpacaWithInput[] = {
    {SlotKind::kBos, ""},
    {SlotKind::kText,
     "Below is an instruction that describes a task, paired with an input that provides "
     "further context. Write a response that appropriately completes the request."
     "\n\n### Instruction:\n"},
    {SlotKind::kInstruction, ""},
    {SlotKind::kText, "\n\n### Input:\n"},
    {SlotKind::kInput, ""},
    {SlotKind::kText, "\n\n### Response:"},
};
constexpr char kAlpacaJinja[] =
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({%- for message in messages %})"
    R"({%- if message['role'] == 'user' %})"
    R"({%- if message['input'] is defined and message['input'] %})"
    R"({{- 'Below is an instruction that describes a task, paired with an input that provides )"
    R"(further context. Write a response that appropriately completes the request.)"
    R"(\n\n### Instruction:\n' + message['content'] + '\n\n### Input:\n' + message['input'] }})"
    R"({%- else %})"
    R"({{- 'Below is an instruction that describes a task. )"
    R"(Write a response that appropriately completes the request.)"
    R"(\n\n### Instruction:\n' + message['content'] }})"
    R"({%- endif %})"
    R"({{- '\n\n### Response:' }})"
    R"({%- elif message['role'] == 'assistant' %})"
    R"({{- message['content'] + eos_token }})"
    R"({%- else %})"
    R"({{- raise_exception('this template knows the roles user and assistant') }})"
    R"({%- endif %})"
    R"({%- endfor %})";

constexpr TemplateSlot kPlain[] = {{SlotKind::kBos, ""}, {SlotKind::kInstruction, ""}};
constexpr TemplateSlot kPlainWithInput[] = {{SlotKind::kBos, ""},
                                            {SlotKind::kInstruction, ""},
                                            {SlotKind::kText, "\n"},
                                            {SlotKind::kInput, ""}};
constexpr char kPlainJinja[] =
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({%- for message in messages %})"
    R"({{- message['content'] }})"
    R"({%- if message['input'] is defined and message['input'] %})"
    R"({{- '\n' + message['input'] }}{%- endif %})"
    R"({%- if message['role'] == 'assistant' %}{{- eos_token }}{%- endif %})"
    R"({%- endfor %})";

constexpr TemplateSlot kChatml[] = {
    {SlotKind::kControl, "<|im_start|>"},
    {SlotKind::kText, "user\n"},
    {SlotKind::kMessage, ""},
    {SlotKind::kControl, "<|im_end|>"},
    {SlotKind::kText, "\n"},
    {SlotKind::kControl, "<|im_start|>"},
    {SlotKind::kText, "assistant\n"},
};
constexpr TemplateSlot kChatmlSystem[] = {
    {SlotKind::kControl, "<|im_start|>"}, {SlotKind::kText, "system\n"}, {SlotKind::kMessage, ""},
    {SlotKind::kControl, "<|im_end|>"},   {SlotKind::kText, "\n"},
};
constexpr char kChatmlJinja[] =
    R"({%- for message in messages %})"
    R"({{- '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }})"
    R"({%- endfor %})"
    R"({%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %})";

constexpr TemplateSlot kLlama3[] = {
    {SlotKind::kControl, "<|begin_of_text|>"},
    {SlotKind::kControl, "<|start_header_id|>"},
    {SlotKind::kText, "user"},
    {SlotKind::kControl, "<|end_header_id|>"},
    {SlotKind::kText, "\n\n"},
    {SlotKind::kMessage, ""},
    {SlotKind::kControl, "<|eot_id|>"},
    {SlotKind::kControl, "<|start_header_id|>"},
    {SlotKind::kText, "assistant"},
    {SlotKind::kControl, "<|end_header_id|>"},
    {SlotKind::kText, "\n\n"},
};
constexpr TemplateSlot kLlama3System[] = {
    {SlotKind::kControl, "<|start_header_id|>"},
    {SlotKind::kText, "system"},
    {SlotKind::kControl, "<|end_header_id|>"},
    {SlotKind::kText, "\n\n"},
    {SlotKind::kMessage, ""},
    {SlotKind::kControl, "<|eot_id|>"},
};
constexpr char kLlama3Jinja[] =
    R"({{- '<|begin_of_text|>' }})"
    R"({%- for message in messages %})"
    R"({{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' )"
    R"(+ message['content'] | trim + '<|eot_id|>' }})"
    R"({%- endfor %})"
    R"({%- if add_generation_prompt %})"
    R"({{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %})";

// By PromptTemplate.
constexpr std::array<TemplateRow, 4> kRows = {{
    {kAlpaca, kAlpacaWithInput, "", ContentSpace::kKept, kAlpacaJinja},
    {kPlain, kPlainWithInput, "", ContentSpace::kKept, kPlainJinja},
    {kChatml, kChatml, "<|im_end|>", ContentSpace::kKept, kChatmlJinja, 0, kChatmlSystem, "\n"},
    {kLlama3, kLlama3, "<|eot_id|>", ContentSpace::kTrimmed, kLlama3Jinja, 1, kLlama3System, ""},
}};

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
  }
  return "";
}
std::string NameOf(ContentSpace space) {
  return space == ContentSpace::kTrimmed ? "trimmed" : "kept";
}

}  // namespace

const TemplateRow& RowOf(PromptTemplate prompt_template) {
  return kRows[static_cast<size_t>(prompt_template)];
}

std::string Digest(PromptTemplate prompt_template) {
  const TemplateRow& row = RowOf(prompt_template);
  Sha256 sha;
  for (const std::span<const TemplateSlot> slots : {row.prompt, row.prompt_with_input}) {
    for (const TemplateSlot& slot : slots) {
      sha.Update(absl::StrCat(NameOf(slot.kind), " ", slot.text.size(), " ",
                              internal::View(slot.text), "\n"));
    }
    sha.Update("\n");
  }
  sha.Update(absl::StrCat(internal::View(row.end), "\n", NameOf(row.space), "\n"));
  return sha.HexDigest();
}

}  // namespace bench::harness
