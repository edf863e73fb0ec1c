#include "harness/run/inspect_model.h"

#include <array>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/data/chat_template.h"
#include "harness/data/record_sink.h"
#include "harness/data/row_shape.h"
#include "harness/definition/enum_names.h"
#include "harness/run/models_table.h"
#include "models/blocks/decoder_blocks.h"
#include "models/hf_inspection.h"

namespace bench::harness {
namespace {

constexpr char kSample[] = "Hello, world! 你好，世界。 x = 3.14\n";
constexpr size_t kMostProblems = 8;

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

std::string TokenText(const Tokenizer& tokenizer, const std::optional<int64_t>& token) {
  if (!token) return "none";
  return absl::StrCat(*token, " ", Escaped(tokenizer.Piece(*token)));
}

// What the folder of a tokenizer has as a chat template.
std::string ChatTemplateText(const std::string& folder, std::optional<PromptTemplate>& row) {
  const auto found = ReadChatTemplate(folder);
  if (!found.ok()) return absl::StrCat("refused: ", found.status().message());
  if (!*found) return "none";
  row = RowOf(**found);
  const std::string where = std::filesystem::path((*found)->where).filename().string();
  if (!row) {
    return absl::StrCat("in ", where,
                        ", none of ours: data.prompt_template says what prompts are written with");
  }
  return absl::StrCat("in ", where, ", our \"", internal::View(Name(*row)), "\"");
}

// By TokenizerFormat.
constexpr std::array<const char*, 4> kKinds = {
    "SentencePiece model", "byte-level BPE (tokenizer.json)", "byte-level BPE (tiktoken)",
    "ChatGLM-6B's SentencePiece model (ice_text.model)"};

InspectionLines TokenizerLines(const Tokenizer& tokenizer) {
  const std::vector<int64_t> ids = tokenizer.Encode(kSample);
  const bool returns = tokenizer.Decode(ids) == kSample;
  return {Labelled("tokenizer", absl::StrCat(kKinds[static_cast<size_t>(tokenizer.files().format)],
                                             ", ", tokenizer.vocab_size(), " ids, SHA-256 ",
                                             tokenizer.digest().substr(0, 16), "...")),
          Labelled("special", absl::StrCat("BOS ", TokenText(tokenizer, tokenizer.bos_id()),
                                           ", EOS ", TokenText(tokenizer, tokenizer.eos_id()),
                                           ", padding ", TokenText(tokenizer, tokenizer.pad_id()))),
          Labelled("sample", Escaped(kSample)),
          Labelled("ids", absl::StrCat(absl::StrJoin(ids, " "),
                                       returns ? "" : " (decoded, they give another text)"))};
}

std::string GeometryText(const models::DecoderConfig& c) {
  return absl::StrCat(c.num_layers, " layers, hidden ", c.hidden_size, ", MLP ",
                      c.intermediate_size, ", ", c.num_heads, " heads of ", c.head_dim, " (",
                      c.num_kv_heads, " for keys and values), vocabulary ", c.vocab_size, ", ",
                      c.max_positions, " positions");
}

std::string ElementsText(const models::HfInspection& found) {
  return absl::StrJoin(found.num_elements, ", ", [](std::string* text, const auto& type) {
    absl::StrAppend(text, type.second, " of ", type.first);
  });
}

InspectionLines WeightLines(const models::HfInspection& found) {
  InspectionLines lines = {Labelled(
      "weights", absl::StrCat(ElementsText(found), " in ", absl::StrJoin(found.files.tensors, ", "),
                              found.is_reward_model ? "; a reward model (score.weight)" : ""))};
  if (!found.files.unused.empty()) {
    lines.push_back(Labelled("not read", absl::StrJoin(found.files.unused, ", ")));
  }
  for (size_t i = 0; i < found.problems.size() && i < kMostProblems; ++i) {
    lines.push_back(Labelled("refused", found.problems[i]));
  }
  if (found.problems.size() > kMostProblems) {
    lines.push_back(Labelled(
        "refused", absl::StrCat("and ", found.problems.size() - kMostProblems, " more tensors")));
  }
  return lines;
}

// Against the model's vocabulary.
InspectionLines FolderTokenizerLines(const std::string& folder, int64_t vocab_size) {
  if (!LooksLikeTokenizer(folder)) return {Labelled("tokenizer", "none in the folder")};
  auto inspected = InspectTokenizer(folder);
  if (!inspected.ok()) {
    return {Labelled("tokenizer", absl::StrCat("refused: ", inspected.status().message()))};
  }
  if (inspected->tokenizer.vocab_size() > vocab_size) {
    inspected->lines.push_back(
        Labelled("refused", absl::StrCat("the tokenizer has ", inspected->tokenizer.vocab_size(),
                                         " ids, the model's vocabulary ", vocab_size)));
  }
  return std::move(inspected->lines);
}

// By the members that every tokenizer.json has. Its added tokens are a list of objects.
bool IsTokenizerJson(const std::string& path) {
  const auto shape = FindRowShape(path, DataFormat::kJson, RecordOptions{}.max_record_bytes);
  if (!shape.ok()) return false;
  return shape->json.member == "added_tokens" ||
         (shape->fields.contains("model") && shape->fields.contains("pre_tokenizer"));
}

}  // namespace

bool LooksLikeTokenizer(const std::string& path) {
  if (IsFolder(path)) return HasTokenizer(path);
  if (absl::EndsWith(path, ".model") || absl::EndsWith(path, ".tiktoken")) return true;
  return absl::EndsWith(path, ".json") && IsTokenizerJson(path);
}

absl::StatusOr<InspectedTokenizer> InspectTokenizer(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(TokenizerFiles files, ReadTokenizerFiles(path));
  BENCH_ASSIGN_OR_RETURN(Tokenizer tokenizer, Tokenizer::FromFiles(std::move(files)));
  InspectedTokenizer inspected{std::move(tokenizer), std::nullopt, {}};
  inspected.lines = TokenizerLines(inspected.tokenizer);
  const std::filesystem::path here(path);
  const std::string folder = IsFolder(path) ? path : (here.parent_path() / ".").string();
  inspected.lines.push_back(
      Labelled("chat template", ChatTemplateText(folder, inspected.prompt_template)));
  return inspected;
}

absl::StatusOr<InspectionLines> InspectModelFolder(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const models::HfInspection found, models::InspectHfFolder(folder));
  InspectionLines lines = {
      Labelled("what", "a Hugging Face model folder (init.folder, model.folder)"),
      Labelled("family", Name(found.config.family)),
      Labelled("geometry", GeometryText(found.config)), Labelled("axes", AxesText(found.config)),
      Labelled("parameters", absl::StrCat(models::NumParameters(found.config)))};
  Append(WeightLines(found), lines);
  Append(FolderTokenizerLines(folder, found.config.vocab_size), lines);
  return lines;
}

}  // namespace bench::harness
