// Vicuna v1.1: lm-sys/FastChat, conversation "vicuna_v1.1". Ends with EOS.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kVicunaPrompt[] = {
    {SlotKind::kBos, ""},
    {SlotKind::kText, "USER: "},
    {SlotKind::kMessage, ""},
    {SlotKind::kText, " ASSISTANT:"},
};
inline constexpr TemplateSlot kVicunaSystem[] = {
    {SlotKind::kMessage, ""},
    {SlotKind::kText, " "},
};
inline constexpr char kVicunaDefaultSystem[] =
    "A chat between a curious user and an artificial intelligence assistant. The "
    "assistant gives helpful, detailed, and polite answers to the user's questions.";
inline constexpr char kVicunaJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = 'A chat between a curious user and an artificial intelligence )"
    R"(assistant. The assistant gives helpful, detailed, and polite answers to the user\'s )"
    R"(questions.' %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({{- system + ' ' }})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- 'USER: ' + message['content'] + ' ASSISTANT:' }})"
    R"({%- else %})"
    R"({{- ' ' + message['content'] + eos_token }})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kVicuna = {.prompt = kVicunaPrompt,
                                        .prompt_with_input = kVicunaPrompt,
                                        .end = "",
                                        .jinja = kVicunaJinja,
                                        .system = kVicunaSystem,
                                        .default_system = kVicunaDefaultSystem,
                                        .before_answer = " "};

}  // namespace bench::harness::templates
