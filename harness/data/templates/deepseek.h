// DeepSeek LLM Chat: FastChat, conversation "deepseek-chat". Ends with EOS.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kDeepseekPrompt[] = {
    {SlotKind::kBos, ""},
    {SlotKind::kText, "User: "},
    {SlotKind::kMessage, ""},
    {SlotKind::kText, "\n\nAssistant:"},
};
inline constexpr char kDeepseekJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = none %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({%- for message in turns %})"
    R"({%- set content = message['content'] %})"
    R"({%- if loop.first and system is not none %}{%- set content = system + '\n\n' + content )"
    R"(%}{%- endif %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- 'User: ' + content + '\n\nAssistant:' }})"
    R"({%- else %})"
    R"({{- ' ' + content + eos_token }})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kDeepseek = {.prompt = kDeepseekPrompt,
                                          .prompt_with_input = kDeepseekPrompt,
                                          .end = "",
                                          .jinja = kDeepseekJinja,
                                          .before_answer = " "};

}  // namespace bench::harness::templates
