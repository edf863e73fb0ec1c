// ChatML, without a system message of its own: Yi, SmolLM, Hermes and many others. Ends with
// <|im_end|>.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kChatmlPrompt[] = {
    {SlotKind::kControl, "<|im_start|>"},
    {SlotKind::kText, "user\n"},
    {SlotKind::kMessage, ""},
    {SlotKind::kControl, "<|im_end|>"},
    {SlotKind::kText, "\n"},
    {SlotKind::kControl, "<|im_start|>"},
    {SlotKind::kText, "assistant\n"},
};
inline constexpr TemplateSlot kChatmlSystem[] = {
    {SlotKind::kControl, "<|im_start|>"}, {SlotKind::kText, "system\n"}, {SlotKind::kMessage, ""},
    {SlotKind::kControl, "<|im_end|>"},   {SlotKind::kText, "\n"},
};
inline constexpr char kChatmlJinja[] =
    R"({%- for message in messages %})"
    R"({{- '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }})"
    R"({%- endfor %})"
    R"({%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %})";

inline constexpr TemplateRow kChatml = {.prompt = kChatmlPrompt,
                                        .prompt_with_input = kChatmlPrompt,
                                        .end = "<|im_end|>",
                                        .jinja = kChatmlJinja,
                                        .num_opening_slots = 0,
                                        .system = kChatmlSystem,
                                        .after_answer = "\n",
                                        .digested = DigestedParts::kPrompts};

}  // namespace bench::harness::templates
