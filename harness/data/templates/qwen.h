// Qwen Chat: ChatML with a system message of its own. FastChat, conversation "qwen-7b-chat". Ends
// with <|im_end|>.
#pragma once

#include "harness/data/templates/chatml.h"
#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr char kQwenJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = 'You are a helpful assistant.' %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({{- '<|im_start|>system\n' + system + '<|im_end|>\n' }})"
    R"({%- for message in turns %})"
    R"({{- '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' )"
    R"(}})"
    R"({%- endfor %})"
    R"({%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %})";

inline constexpr TemplateRow kQwen = {.prompt = kChatmlPrompt,
                                      .prompt_with_input = kChatmlPrompt,
                                      .end = "<|im_end|>",
                                      .jinja = kQwenJinja,
                                      .num_opening_slots = 0,
                                      .system = kChatmlSystem,
                                      .after_answer = "\n",
                                      .default_system = "You are a helpful assistant."};

}  // namespace bench::harness::templates
