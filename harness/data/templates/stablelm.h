// StableLM-Tuned-Alpha: FastChat, conversation "stablelm". Ends with EOS, or where another turn
// begins.
#pragma once

#include "harness/data/templates/template_row.h"

namespace bench::harness::templates {

inline constexpr TemplateSlot kStablelmPrompt[] = {
    {SlotKind::kPiece, "<|USER|>"},
    {SlotKind::kMessage, ""},
    {SlotKind::kPiece, "<|ASSISTANT|>"},
};
inline constexpr TemplateSlot kStablelmSystem[] = {
    {SlotKind::kPiece, "<|SYSTEM|>"},
    {SlotKind::kMessage, ""},
};
inline constexpr char kStablelmDefaultSystem[] =
    "# StableLM Tuned (Alpha version)\n"
    "- StableLM is a helpful and harmless open-source AI language model developed by "
    "StabilityAI.\n"
    "- StableLM is excited to be able to help the user, but will refuse to do "
    "anything that could be considered harmful to the user.\n"
    "- StableLM is more than just an information source, StableLM is also able to "
    "write poetry, short stories, and make jokes.\n"
    "- StableLM will refuse to participate in anything that could harm a human.\n";
inline constexpr std::string_view kStablelmStops[] = {"<|USER|>", "<|ASSISTANT|>", "<|SYSTEM|>"};
inline constexpr char kStablelmJinja[] =
    R"({%- if messages[0]['role'] == 'system' %})"
    R"({%- set system = messages[0]['content'] %}{%- set turns = messages[1:] %})"
    R"({%- else %})"
    R"({%- set system = '# StableLM Tuned (Alpha version)\n- StableLM is a helpful and )"
    R"(harmless open-source AI language model developed by StabilityAI.\n- StableLM is excited )"
    R"(to be able to help the user, but will refuse to do anything that could be considered )"
    R"(harmful to the user.\n- StableLM is more than just an information source, StableLM is )"
    R"(also able to write poetry, short stories, and make jokes.\n- StableLM will refuse to )"
    R"(participate in anything that could harm a human.\n' %}{%- set turns = messages %})"
    R"({%- endif %})"
    R"({{- '<|SYSTEM|>' + system }})"
    R"({%- for message in turns %})"
    R"({%- if message['role'] == 'user' %})"
    R"({{- '<|USER|>' + message['content'] + '<|ASSISTANT|>' }})"
    R"({%- else %})"
    R"({{- message['content'] }}{%- if loop.last %}{{- eos_token }}{%- endif %})"
    R"({%- endif %})"
    R"({%- endfor %})";

inline constexpr TemplateRow kStablelm = {.prompt = kStablelmPrompt,
                                          .prompt_with_input = kStablelmPrompt,
                                          .end = "",
                                          .jinja = kStablelmJinja,
                                          .num_opening_slots = 0,
                                          .system = kStablelmSystem,
                                          .default_system = kStablelmDefaultSystem,
                                          .ended = EndedAnswers::kLast,
                                          .stop_tokens = kStablelmStops};

}  // namespace bench::harness::templates
