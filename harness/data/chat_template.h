// The chat template that comes with a Hugging Face folder, and which of our prompt templates it is.
//
// It is chat_template.jinja, or else what tokenizer_config.json has as chat_template: a text, or of
// a list of {"name", "template"} the one named "default", as transformers takes it. Which row it is
// follows from its form (jinja_form.h), which must be that of a template known to render to the
// row's prompts: ours, and those published with ChatML, Qwen2 and Llama 3.
// tests/harness/data/compare_chat_templates.py renders each with Jinja.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/definition/sft_spec.h"

namespace bench::harness {

inline constexpr char kChatTemplateFile[] = "chat_template.jinja";

struct ChatTemplate {
  std::string where;  // the file
  std::string jinja;
  std::string bos_token;  // as tokenizer_config.json names it; "" if it does not
};

// nullopt where the folder has none. DataError for files that are not what they should be.
absl::StatusOr<std::optional<ChatTemplate>> ReadChatTemplate(const std::string& folder);

struct KnownChatTemplate {
  PromptTemplate row;
  std::string jinja;
  std::string bos_token;  // that it must be rendered with; "": whatever the tokenizer has
};
const std::vector<KnownChatTemplate>& KnownChatTemplates();

// nullopt: none of ours.
std::optional<PromptTemplate> RowOf(const ChatTemplate& chat_template);

}  // namespace bench::harness
