// Llama 2 Chat: FastChat, conversation "llama-2". Ends with EOS; BOS begins each turn, the system
// message is a part of the first message.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kLlama2Prompt[] = {
    {SlotKind::kBos, ""},
    {SlotKind::kText, "[INST] "},
    {SlotKind::kMessage, ""},
    {SlotKind::kText, " [/INST]"},
};
inline constexpr TemplateSlot kLlama2System[] = {
    {SlotKind::kText, "<<SYS>>\n"},
    {SlotKind::kMessage, ""},
    {SlotKind::kText, "\n<</SYS>>\n\n"},
};
inline constexpr char kLlama2Jinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = none %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({{- '[INST] ' }})"
    R"({%- if loop.first and system is not none %})"
    R"({{- '<<SYS>>\n' + system + '\n<</SYS>>\n\n' }})"
    R"({%- endif %})"
    R"({{- message['content'] + ' [/INST]' }})"
    R"({%- else %})"
    R"({{- ' ' + message['content'] + ' ' + eos_token }})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kLlama2 = {.prompt = kLlama2Prompt,
                                        .prompt_with_input = kLlama2Prompt,
                                        .end = "",
                                        .jinja = kLlama2Jinja,
                                        .num_opening_slots = 2,
                                        .system = kLlama2System,
                                        .later_prompt = kLlama2Prompt,
                                        .before_answer = " ",
                                        .behind_answer = " "};

}  // namespace bench::harness::templates
