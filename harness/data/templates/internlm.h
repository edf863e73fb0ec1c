// InternLM Chat: FastChat, conversation "internlm-chat". Ends with <eoa>; BOS begins each turn.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kInternlmPrompt[] = {
    {SlotKind::kBos, ""},     {SlotKind::kBos, ""},        {SlotKind::kText, "<|User|>:"},
    {SlotKind::kMessage, ""}, {SlotKind::kPiece, "<eoh>"}, {SlotKind::kText, "\n<|Bot|>:"},
};
inline constexpr TemplateSlot kInternlmSystem[] = {
    {SlotKind::kMessage, ""},
};
inline constexpr char kInternlmDefaultSystem[] =
    "A chat between a curious <|User|> and an <|Bot|>. The <|Bot|> gives helpful, "
    "detailed, and polite answers to the <|User|>'s questions.\n"
    "\n";
inline constexpr std::string_view kInternlmStops[] = {"<|User|>"};
inline constexpr char kInternlmJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = 'A chat between a curious <|User|> and an <|Bot|>. The <|Bot|> gives )"
    R"(helpful, detailed, and polite answers to the <|User|>\'s questions.\n\n' %}{%- set )"
    R"(turns = messages %})"
    R"({%- endif %})"
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({{- system }})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({%- if bos_token is defined and bos_token %}{{- bos_token }}{%- endif %})"
    R"({{- '<|User|>:' + message['content'] + '<eoh>\n<|Bot|>:' }})"
    R"({%- else %})"
    R"({{- message['content'] + '<eoa>' }}{%- if not loop.last %}{{- '\n' }}{%- endif %})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kInternlm = {.prompt = kInternlmPrompt,
                                          .prompt_with_input = kInternlmPrompt,
                                          .end = "<eoa>",
                                          .jinja = kInternlmJinja,
                                          .system = kInternlmSystem,
                                          .after_answer = "\n",
                                          .end_kind = SlotKind::kPiece,
                                          .default_system = kInternlmDefaultSystem,
                                          .stop_texts = kInternlmStops};

}  // namespace bench::harness::templates
