// Llama 3 Instruct, whose contents are trimmed. Ends with <|eot_id|>.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kLlama3Prompt[] = {
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
inline constexpr TemplateSlot kLlama3System[] = {
    {SlotKind::kControl, "<|start_header_id|>"},
    {SlotKind::kText, "system"},
    {SlotKind::kControl, "<|end_header_id|>"},
    {SlotKind::kText, "\n\n"},
    {SlotKind::kMessage, ""},
    {SlotKind::kControl, "<|eot_id|>"},
};
inline constexpr char kLlama3Jinja[] =
    R"({{- '<|begin_of_text|>' }})"
    R"({%- for message in messages %})"
    R"({{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' )"
    R"(+ message['content'] | trim + '<|eot_id|>' }})"
    R"({%- endfor %})"
    R"({%- if add_generation_prompt %})"
    R"({{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %})";

inline constexpr TemplateRow kLlama3 = {.prompt = kLlama3Prompt,
                                        .prompt_with_input = kLlama3Prompt,
                                        .end = "<|eot_id|>",
                                        .space = ContentSpace::kTrimmed,
                                        .jinja = kLlama3Jinja,
                                        .system = kLlama3System,
                                        .digested = DigestedParts::kPrompts};

}  // namespace bench::harness::templates
