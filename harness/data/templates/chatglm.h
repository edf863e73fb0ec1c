// ChatGLM-6B: THUDM/ChatGLM-6B, ptuning/main.py; FastChat, conversation "chatglm". The answer
// stands behind [gMASK]<sop> and ends with <eop>; what is before them is read in both directions.
// The models' own code writes a first message that nothing precedes without round and 问：;
// FastChat and this row write every message alike.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kChatglmPrompt[] = {
    {SlotKind::kText, "[Round "}, {SlotKind::kTurn, ""},       {SlotKind::kText, "]\n问："},
    {SlotKind::kMessage, ""},     {SlotKind::kText, "\n答："},
};
inline constexpr TemplateSlot kChatglmSystem[] = {
    {SlotKind::kMessage, ""},
    {SlotKind::kText, "\n"},
};
inline constexpr TemplateSlot kChatglmTail[] = {
    {SlotKind::kPiece, "[gMASK]"},
    {SlotKind::kPiece, "<sop>"},
};
inline constexpr char kChatglmJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = none %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({%- if system is not none %}{{- system + '\n' }}{%- endif %})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- '[Round ' ~ (loop.index0 // 2) ~ ']\n问：' + message['content'] + '\n答：' }})"
    R"({%- if loop.last %}{{- '[gMASK]<sop>' }}{%- endif %})"
    R"({%- elif loop.last %})"
    R"({{- '[gMASK]<sop>' + message['content'] + '<eop>' }})"
    R"({%- else %})"
    R"({{- message['content'] + '\n' }})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kChatglm = {.prompt = kChatglmPrompt,
                                         .prompt_with_input = kChatglmPrompt,
                                         .end = "<eop>",
                                         .jinja = kChatglmJinja,
                                         .num_opening_slots = 0,
                                         .system = kChatglmSystem,
                                         .after_answer = "\n",
                                         .end_kind = SlotKind::kPiece,
                                         .tail = kChatglmTail,
                                         .ended = EndedAnswers::kLast};

}  // namespace bench::harness::templates
