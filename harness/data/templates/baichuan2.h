// Baichuan2 Chat: baichuan-inc/Baichuan2, fine-tune.py; FastChat, conversation "baichuan2-chat".
// Ends with EOS.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kBaichuan2Prompt[] = {
    {SlotKind::kPiece, "<reserved_106>"},
    {SlotKind::kMessage, ""},
    {SlotKind::kPiece, "<reserved_107>"},
};
inline constexpr TemplateSlot kBaichuan2System[] = {
    {SlotKind::kMessage, ""},
};
inline constexpr char kBaichuan2Jinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = none %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({%- if system is not none %}{{- system }}{%- endif %})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- '<reserved_106>' + message['content'] + '<reserved_107>' }})"
    R"({%- else %})"
    R"({{- message['content'] }}{%- if loop.last %}{{- eos_token }}{%- endif %})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kBaichuan2 = {.prompt = kBaichuan2Prompt,
                                           .prompt_with_input = kBaichuan2Prompt,
                                           .end = "",
                                           .jinja = kBaichuan2Jinja,
                                           .num_opening_slots = 0,
                                           .system = kBaichuan2System,
                                           .ended = EndedAnswers::kLast};

}  // namespace bench::harness::templates
