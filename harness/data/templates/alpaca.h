// tatsu-lab/stanford_alpaca, train.py, with and without input; ends with EOS.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kAlpacaPrompt[] = {
    {SlotKind::kBos, ""},
    {SlotKind::kText,
     "Below is an instruction that describes a task. "
     "Write a response that appropriately completes the request.\n\n### Instruction:\n"},
    {SlotKind::kInstruction, ""},
    {SlotKind::kText, "\n\n### Response:"},
};
inline constexpr TemplateSlot kAlpacaWithInput[] = {
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
inline constexpr char kAlpacaJinja[] =
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

inline constexpr TemplateRow kAlpaca = {.prompt = kAlpacaPrompt,
                                        .prompt_with_input = kAlpacaWithInput,
                                        .end = "",
                                        .jinja = kAlpacaJinja,
                                        .digested = DigestedParts::kPrompts};

}  // namespace bench::harness::templates
