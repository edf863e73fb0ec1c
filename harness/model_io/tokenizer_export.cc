#include "harness/model_io/tokenizer_export.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/data/prompt.h"
#include "harness/tokenizers/sentencepiece_json.h"

namespace bench::harness {
namespace {

using Json = nlohmann::ordered_json;

std::string TextOf(const Tokenizer& tokenizer, std::optional<int64_t> token) {
  return token ? tokenizer.Piece(*token) : std::string();
}

Json SpecialTokenNames(const Tokenizer& tokenizer) {
  Json names = Json::object();
  const std::pair<const char*, std::optional<int64_t>> tokens[] = {
      {"bos_token", tokenizer.bos_id()},
      {"eos_token", tokenizer.eos_id()},
      {"pad_token", tokenizer.pad_id()}};
  for (const auto& [name, token] : tokens) {
    if (token) names[name] = tokenizer.Piece(*token);
  }
  return names;
}

std::string FileText(const Json& json) { return json.dump(2) + "\n"; }

// One, or a list of them.
Json EndTokens(const AnswerForm& form) {
  if (form.stop_tokens.empty()) return form.end_token;
  std::vector<int64_t> ends = {form.end_token};
  ends.insert(ends.end(), form.stop_tokens.begin(), form.stop_tokens.end());
  return ends;
}

Json GenerationSettings(const Tokenizer& tokenizer, const PromptEncoder& encoder) {
  Json generation = {{"eos_token_id", EndTokens(encoder.answer_form())}};
  if (tokenizer.bos_id()) generation["bos_token_id"] = *tokenizer.bos_id();
  if (tokenizer.pad_id()) generation["pad_token_id"] = *tokenizer.pad_id();
  return generation;
}

void AddSettings(const Tokenizer& tokenizer, const PromptEncoder& encoder,
                 PromptTemplate prompt_template, int64_t max_positions, TokenizerExport& out) {
  const Json names = SpecialTokenNames(tokenizer);
  Json config = {{"tokenizer_class", "PreTrainedTokenizerFast"},
                 {"model_max_length", max_positions},
                 {"clean_up_tokenization_spaces", false},
                 {"add_bos_token", tokenizer.bos_id().has_value()},
                 {"chat_template", std::string(RowOf(prompt_template).jinja)}};
  config.update(names);
  out.files[kTokenizerConfigFile] = FileText(config);
  out.files[kSpecialTokensMapFile] = FileText(names);
  out.files[kGenerationConfigFile] = FileText(GenerationSettings(tokenizer, encoder));
}

// A file beside the model as it was read, to which the keys of `settings` are added.
absl::StatusOr<std::string> WithSettings(const Tokenizer& tokenizer, const char* file,
                                         const Json& settings) {
  const auto read = tokenizer.files().beside.find(file);
  if (read == tokenizer.files().beside.end()) return FileText(settings);
  BENCH_ASSIGN_OR_RETURN(const nlohmann::json json, ParseJsonObject(read->second, file));
  Json merged = json;
  merged.update(settings);
  return FileText(merged);
}

// The files that the family's own code loads the tokenizer by, as they were read; beside what they
// say, how prompts and generations are.
absl::Status AddOwnSettings(const Tokenizer& tokenizer, const PromptEncoder& encoder,
                            PromptTemplate prompt_template, int64_t max_positions,
                            TokenizerExport& out) {
  const TokenizerFiles& files = tokenizer.files();
  for (const auto& [name, bytes] : files.beside) out.files[name] = bytes;
  Json config = {{"model_max_length", max_positions},
                 {"chat_template", std::string(RowOf(prompt_template).jinja)}};
  // Read again, it is not what ends a generation, which comes first in the other file.
  config["eos_token"] = tokenizer.Piece(tokenizer.eos_id());
  if (files.format == TokenizerFormat::kChatglm) config["tokenizer_class"] = "ChatGLMTokenizer";
  BENCH_ASSIGN_OR_RETURN(out.files[kTokenizerConfigFile],
                         WithSettings(tokenizer, kTokenizerConfigFile, config));
  BENCH_ASSIGN_OR_RETURN(
      out.files[kGenerationConfigFile],
      WithSettings(tokenizer, kGenerationConfigFile, GenerationSettings(tokenizer, encoder)));
  out.notes.push_back(absl::StrCat(
      ModelFileName(files.format),
      " is loaded by transformers with the code of its family alone, the tokenization_*.py of the "
      "folder that it came from: copy it beside the model"));
  return absl::OkStatus();
}

void AddSentencePiece(const Tokenizer& tokenizer, TokenizerExport& out) {
  const std::string& model = tokenizer.files().model;
  const auto converted = ConvertSentencePiece(model, TextOf(tokenizer, tokenizer.bos_id()));
  if (!converted.ok()) {
    // Under its usual name transformers would read the model by rules of its own.
    out.files["sentencepiece.model"] = model;
    out.notes.push_back(
        absl::StrCat("the tokenizer is left as sentencepiece.model, which transformers does not "
                     "load: it cannot be expressed exactly as tokenizer.json: ",
                     converted.status().message()));
    return;
  }
  out.files["tokenizer.model"] = model;
  out.files["tokenizer.json"] = converted->tokenizer_json;
  if (!converted->caveat.empty()) {
    out.notes.push_back(absl::StrCat("tokenizer.json gives the ids of tokenizer.model, except: ",
                                     converted->caveat));
  }
}

// The model's own file.
void AddModel(const Tokenizer& tokenizer, TokenizerExport& out) {
  out.files[ModelFileName(tokenizer.files().format)] = tokenizer.files().model;
}

bool IsLoadedByItsFamily(const Tokenizer& tokenizer) {
  const TokenizerFormat format = tokenizer.files().format;
  return format == TokenizerFormat::kTiktoken || format == TokenizerFormat::kChatglm;
}

// What the template has that the exported files do not say.
void AddTemplateNotes(const Tokenizer& tokenizer, const PromptEncoder& encoder,
                      std::vector<std::string>& notes) {
  std::set<std::string> numbered;
  for (const auto& [name, token] : encoder.named_tokens()) {
    if (token >= tokenizer.vocab_size()) numbered.insert(absl::StrCat(name, " (", token, ")"));
  }
  if (!numbered.empty()) {
    notes.push_back(absl::StrCat(
        "the tokenizer has no ", absl::StrJoin(numbered, ", "),
        ", which prompts begin with: transformers reads their names as text, put their ids there"));
  }
  const std::vector<std::string>& stops = encoder.answer_form().stop_texts;
  if (stops.empty()) return;
  notes.push_back(
      absl::StrCat("an answer ends where ",
                   absl::StrJoin(stops, ", ",
                                 [](std::string* out, const std::string& text) {
                                   absl::StrAppend(out, QuotedForMessage(text));
                                 }),
                   " begins, too: pass it to generate() as stop_strings, with the tokenizer"));
}

// By TokenizerFormat.
constexpr std::array<void (*)(const Tokenizer&, TokenizerExport&), 4> kModelWriters = {
    AddSentencePiece, AddModel, AddModel, AddModel};

}  // namespace

absl::StatusOr<TokenizerExport> ExportTokenizer(const Tokenizer& tokenizer,
                                                PromptTemplate prompt_template,
                                                int64_t max_positions) {
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(tokenizer, prompt_template));
  TokenizerExport out;
  kModelWriters[static_cast<size_t>(tokenizer.files().format)](tokenizer, out);
  if (IsLoadedByItsFamily(tokenizer)) {
    BENCH_RETURN_IF_ERROR(AddOwnSettings(tokenizer, encoder, prompt_template, max_positions, out));
  } else if (out.files.contains("tokenizer.json")) {
    AddSettings(tokenizer, encoder, prompt_template, max_positions, out);
  }
  AddTemplateNotes(tokenizer, encoder, out.notes);
  out.notes.emplace_back(
      "transformers reads the names of special tokens in text as these tokens; for users' text "
      "pass split_special_tokens=True");
  return out;
}

}  // namespace bench::harness
