#include "harness/data/chat_template.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/data/jinja_form.h"
#include "harness/data/prompt_template.h"
#include "harness/tokenizers/json_component.h"
#include "harness/tokenizers/tokenizer_files.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxBytes = int64_t{4} << 20;

// SmolLM-Instruct, TRL's setup_chat_format, llama-cpp-python. Ours has the same form.
constexpr char kChatmlPublished[] =
    R"({% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + )"
    R"(message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %})"
    R"({{ '<|im_start|>assistant\n' }}{% endif %})";
// Yi, Hermes.
constexpr char kChatmlGuarded[] =
    R"({% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %})"
    R"({% endif %}{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + )"
    R"(message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %})"
    R"({{ '<|im_start|>assistant\n' }}{% endif %})";
// The documentation of transformers.
constexpr char kChatmlDocumented[] =
    R"({%- for message in messages %}{{- '<|im_start|>' + message['role'] + '\n' + )"
    R"(message['content'] + '<|im_end|>\n' }}{%- endfor %}{%- if add_generation_prompt %})"
    R"({{- '<|im_start|>assistant\n' }}{%- endif %})";

// Qwen2-Instruct.
constexpr char kQwenPublished[] =
    R"({% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %})"
    R"({{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %})"
    R"({{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}})"
    R"({% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %})";

// Meta-Llama-3-Instruct: as first published it ends with an assistant's header always, later only
// if asked to.
constexpr char kLlama3Messages[] =
    R"({% set loop_messages = messages %}{% for message in loop_messages %}{% set content = )"
    R"('<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] )"
    R"(| trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content )"
    R"(%}{% endif %}{{ content }}{% endfor %})";
constexpr char kLlama3Header[] = R"({{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }})";
constexpr char kLlama3Bos[] = "<|begin_of_text|>";

std::vector<KnownChatTemplate> MakeKnown() {
  std::vector<KnownChatTemplate> known = {
      {PromptTemplate::kChatml, kChatmlPublished, ""},
      {PromptTemplate::kChatml, kChatmlGuarded, ""},
      {PromptTemplate::kChatml, kChatmlDocumented, ""},
      {PromptTemplate::kQwen, kQwenPublished, ""},
      {PromptTemplate::kLlama3, absl::StrCat(kLlama3Messages, kLlama3Header), kLlama3Bos},
      {PromptTemplate::kLlama3,
       absl::StrCat(kLlama3Messages, "{% if add_generation_prompt %}", kLlama3Header,
                    "{% endif %}"),
       kLlama3Bos},
  };
  for (size_t i = 0; i < EnumNames(PromptTemplate{}).size(); ++i) {
    const auto row = static_cast<PromptTemplate>(i);
    known.push_back({row, std::string(RowOf(row).jinja), ""});
  }
  return known;
}

// "text" or {"content": "text"}.
std::string TokenText(const Json* token) {
  if (token != nullptr && token->is_object() && token->contains("content")) {
    token = &(*token)["content"];
  }
  return token != nullptr && token->is_string() ? token->get<std::string>() : "";
}

// The text, or that of the list's element named "default".
absl::StatusOr<std::optional<std::string>> TemplateIn(const JsonComponent& config) {
  const Json* value = config.Find("chat_template");
  if (value == nullptr) return std::optional<std::string>();
  if (value->is_string()) return std::optional(value->get<std::string>());
  if (!value->is_array()) return config.Error("chat_template: neither a string nor a list");
  for (const Json& json : *value) {
    BENCH_ASSIGN_OR_RETURN(const JsonComponent element,
                           JsonComponent::Of(json, config.PathOf("chat_template")));
    BENCH_ASSIGN_OR_RETURN(const std::string name, element.Text("name"));
    BENCH_ASSIGN_OR_RETURN(std::string jinja, element.Text("template"));
    if (name == "default") return std::optional(std::move(jinja));
  }
  return std::optional<std::string>();
}

absl::Status ReadConfig(const std::string& path, std::optional<std::string>& jinja,
                        std::string& bos_token) {
  BENCH_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxBytes));
  const absl::StatusOr<Json> json = ParseJson(bytes);
  if (!json.ok()) return Annotate(json.status(), path);
  BENCH_ASSIGN_OR_RETURN(const JsonComponent config, JsonComponent::Of(*json, path));
  bos_token = TokenText(config.Find("bos_token"));
  BENCH_ASSIGN_OR_RETURN(jinja, TemplateIn(config));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<ChatTemplate>> ReadChatTemplate(const std::string& folder) {
  const std::string config = absl::StrCat(folder, "/", kTokenizerConfigFile);
  const std::string file = absl::StrCat(folder, "/", kChatTemplateFile);
  std::optional<std::string> jinja;
  ChatTemplate chat_template;
  if (Exists(config)) {
    BENCH_RETURN_IF_ERROR(ReadConfig(config, jinja, chat_template.bos_token));
    chat_template.where = config;
  }
  if (Exists(file)) {
    BENCH_ASSIGN_OR_RETURN(jinja, ReadFile(file, kMaxBytes));
    chat_template.where = file;
  }
  if (!jinja) return std::optional<ChatTemplate>();
  chat_template.jinja = *std::move(jinja);
  return std::optional(std::move(chat_template));
}

const std::vector<KnownChatTemplate>& KnownChatTemplates() {
  static const auto* const known = new std::vector<KnownChatTemplate>(MakeKnown());
  return *known;
}

std::optional<PromptTemplate> RowOf(const ChatTemplate& chat_template) {
  const auto form = JinjaForm(chat_template.jinja);
  if (!form) return std::nullopt;
  for (const KnownChatTemplate& known : KnownChatTemplates()) {
    if (!known.bos_token.empty() && known.bos_token != chat_template.bos_token) continue;
    if (JinjaForm(known.jinja) == form) return known.row;
  }
  return std::nullopt;
}

}  // namespace bench::harness
