// ChatGLM2-6B: FastChat, conversation "chatglm2", behind the marks that the tokenizer's own code
// puts first. Ends with EOS. Its vocabulary's file has no marks: they are numbered behind its
// 64,789 pieces.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kChatglm2Prompt[] = {
    {SlotKind::kPiece, "[gMASK]"}, {SlotKind::kPiece, "sop"},      {SlotKind::kText, "[Round "},
    {SlotKind::kTurn, ""},         {SlotKind::kText, "]\n\n问："}, {SlotKind::kMessage, ""},
    {SlotKind::kText, "\n\n答："},
};
inline constexpr TemplateSlot kChatglm2System[] = {
    {SlotKind::kMessage, ""},
    {SlotKind::kText, "\n\n"},
};
inline constexpr NumberedToken kChatglm2Numbered[] = {{"[gMASK]", 64790, 64789},
                                                      {"sop", 64792, 64789}};
inline constexpr char kChatglm2Jinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = none %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({{- '[gMASK]sop' }})"
    R"({%- if system is not none %}{{- system + '\n\n' }}{%- endif %})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- '[Round ' ~ (loop.index0 // 2 + 1) ~ ']\n\n问：' + message['content'] + '\n\n答：' }})"
    R"({%- elif loop.last %})"
    R"({{- message['content'] + eos_token }})"
    R"({%- else %})"
    R"({{- message['content'] + '\n\n' }})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kChatglm2 = {.prompt = kChatglm2Prompt,
                                          .prompt_with_input = kChatglm2Prompt,
                                          .end = "",
                                          .jinja = kChatglm2Jinja,
                                          .num_opening_slots = 2,
                                          .system = kChatglm2System,
                                          .after_answer = "\n\n",
                                          .ended = EndedAnswers::kLast,
                                          .first_turn = 1,
                                          .numbered = kChatglm2Numbered};

}  // namespace bench::harness::templates
