// The instruction and, on a line of its own, the input; ends with EOS. No published format.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kPlainPrompt[] = {{SlotKind::kBos, ""}, {SlotKind::kInstruction, ""}};
inline constexpr TemplateSlot kPlainWithInput[] = {{SlotKind::kBos, ""},
                                                   {SlotKind::kInstruction, ""},
                                                   {SlotKind::kText, "\n"},
                                                   {SlotKind::kInput, ""}};
inline constexpr char kPlainJinja[] =
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({%- for message in messages %})"
    R"({{- message['content'] }})"
    R"({%- if message['input'] is defined and message['input'] %})"
    R"({{- '\n' + message['input'] }}{%- endif %})"
    R"({%- if message['role'] == 'assistant' %}{{- eos_token }}{%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kPlain = {.prompt = kPlainPrompt,
                                       .prompt_with_input = kPlainWithInput,
                                       .end = "",
                                       .jinja = kPlainJinja,
                                       .digested = DigestedParts::kPrompts};

}  // namespace bench::harness::templates
