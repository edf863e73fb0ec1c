// TigerBot Chat: TigerResearch/TigerBot, infer.py; FastChat, conversation "tigerbot" (with a system
// message of its own). Ends with EOS, or where the next "###" begins.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kTigerbotPrompt[] = {
    {SlotKind::kBos, ""},
    {SlotKind::kText, "\n\n### Instruction:\n"},
    {SlotKind::kMessage, ""},
    {SlotKind::kText, "\n\n### Response:\n"},
};
inline constexpr TemplateSlot kTigerbotSystem[] = {
    {SlotKind::kMessage, ""},
};
inline constexpr std::string_view kTigerbotStops[] = {"###"};
inline constexpr char kTigerbotJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = none %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({%- if system is not none %}{{- system }}{%- endif %})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- '\n\n### Instruction:\n' + message['content'] + '\n\n### Response:\n' }})"
    R"({%- else %})"
    R"({{- message['content'] }}{%- if loop.last %}{{- eos_token }}{%- endif %})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kTigerbot = {.prompt = kTigerbotPrompt,
                                          .prompt_with_input = kTigerbotPrompt,
                                          .end = "",
                                          .jinja = kTigerbotJinja,
                                          .system = kTigerbotSystem,
                                          .ended = EndedAnswers::kLast,
                                          .stop_texts = kTigerbotStops};

}  // namespace bench::harness::templates
