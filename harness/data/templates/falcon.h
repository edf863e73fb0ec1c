// Falcon Instruct: FastChat, conversation "falcon", in whose messages no line is empty. Ends with
// EOS, or where the next turn begins.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kFalconPrompt[] = {
    {SlotKind::kText, "User: "},
    {SlotKind::kMessage, ""},
    {SlotKind::kText, "\n\nAssistant:"},
};
inline constexpr std::string_view kFalconStops[] = {"\nUser"};
inline constexpr char kFalconJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = none %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({%- for message in turns %})"
    R"({%- set content = message['content'] %})"
    R"({%- if loop.first and system is not none %}{%- set content = system + '\n\n' + content )"
    R"(%}{%- endif %})"
    R"({%- set content = content | replace('\r\n', '\n') | replace('\n\n', '\n') %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- 'User: ' + content + '\n\nAssistant:' }})"
    R"({%- elif loop.last %})"
    R"({{- ' ' + content + eos_token }})"
    R"({%- else %})"
    R"({{- ' ' + content + '\n\n' }})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kFalcon = {.prompt = kFalconPrompt,
                                        .prompt_with_input = kFalconPrompt,
                                        .end = "",
                                        .space = ContentSpace::kSingleBreaks,
                                        .jinja = kFalconJinja,
                                        .num_opening_slots = 0,
                                        .after_answer = "\n\n",
                                        .before_answer = " ",
                                        .ended = EndedAnswers::kLast,
                                        .stop_texts = kFalconStops};

}  // namespace bench::harness::templates
