// Baichuan-13B-Chat: FastChat, conversation "baichuan-chat". Ends with EOS.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kBaichuanPrompt[] = {
    {SlotKind::kPiece, "<reserved_102>"},
    {SlotKind::kMessage, ""},
    {SlotKind::kPiece, "<reserved_103>"},
};
inline constexpr TemplateSlot kBaichuanSystem[] = {
    {SlotKind::kMessage, ""},
};
inline constexpr char kBaichuanJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = none %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({%- if system is not none %}{{- system }}{%- endif %})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- '<reserved_102>' + message['content'] + '<reserved_103>' }})"
    R"({%- else %})"
    R"({{- message['content'] }}{%- if loop.last %}{{- eos_token }}{%- endif %})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kBaichuan = {.prompt = kBaichuanPrompt,
                                          .prompt_with_input = kBaichuanPrompt,
                                          .end = "",
                                          .jinja = kBaichuanJinja,
                                          .num_opening_slots = 0,
                                          .system = kBaichuanSystem,
                                          .ended = EndedAnswers::kLast};

}  // namespace bench::harness::templates
