#include "harness/run/inspect_data.h"

#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/source_files.h"
#include "harness/data/instruction_records.h"
#include "harness/data/preferences.h"
#include "harness/data/prompt.h"
#include "harness/definition/enum_names.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

std::string_view KindText(FieldKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"null", "text", "list", "other"};
  return kNames[static_cast<size_t>(kind)];
}

std::string FieldsText(const FieldKinds& fields) {
  if (fields.empty()) return "none that can be read";
  return absl::StrJoin(fields, ", ", [](std::string* text, const auto& field) {
    absl::StrAppend(text, field.first, " (", internal::View(KindText(field.second)), ")");
  });
}

int64_t NumCharacters(std::string_view text) {
  int64_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

RecordOptions Lenient() {
  RecordOptions options;
  options.on_invalid = OnInvalid::kSkip;
  return options;
}

InspectionLines RefusedLines(const RecordReport& report) {
  InspectionLines lines = {Labelled(
      "records", absl::StrCat(report.num_read, " valid, ", report.skipped.count(), " refused"))};
  for (const std::string& line : report.skipped.Lines()) lines.push_back(Labelled("refused", line));
  if (report.skipped.count() > 0) {
    lines.push_back(
        Labelled("", "a run ends at the first; data.skip_invalid = true leaves such out"));
  }
  return lines;
}

// What encodes records: the tokenizer's own chat template if it is ours, else Alpaca's.
struct Encoder {
  PromptTemplate prompt_template = PromptTemplate::kAlpaca;
  std::optional<PromptEncoder> prompts;
  std::string problem;
};
Encoder EncoderOf(const std::optional<InspectedTokenizer>& tokenizer) {
  Encoder encoder;
  if (!tokenizer) return encoder;
  encoder.prompt_template = tokenizer->prompt_template.value_or(PromptTemplate::kAlpaca);
  auto prompts = PromptEncoder::Create(tokenizer->tokenizer, encoder.prompt_template);
  if (prompts.ok()) {
    encoder.prompts = *std::move(prompts);
  } else {
    encoder.problem = std::string(prompts.status().message());
  }
  return encoder;
}

// The first record as the model would see it.
InspectionLines SampleLines(const SftExample& example, const Encoder& encoder) {
  InspectionLines lines = {
      Labelled("template", absl::StrCat(internal::View(Name(encoder.prompt_template)),
                                        " (data.prompt_template)")),
      Labelled("first prompt", QuotedForMessage(PromptText(encoder.prompt_template, example))),
      Labelled("first answer", QuotedForMessage(example.output))};
  if (!encoder.problem.empty()) lines.push_back(Labelled("refused", encoder.problem));
  if (!encoder.prompts) return lines;
  constexpr int64_t kAll = int64_t{1} << 40;
  const auto row = encoder.prompts->Tokenize(example, kAll);
  if (!row) return lines;
  lines.push_back(Labelled("first ids", absl::StrJoin(row->tokens, " ")));
  std::vector<TokenSpan> spans = row->earlier_targets;
  spans.push_back({row->num_prompt_tokens, std::ssize(row->tokens)});
  lines.push_back(Labelled(
      "trained on",
      absl::StrCat("ids ", absl::StrJoin(spans, ", ", [](std::string* text, const TokenSpan& s) {
                     absl::StrAppend(text, s.begin + 1, " to ", s.end);
                   }))));
  return lines;
}

// What many examples have in common.
struct ExampleFigures {
  Spread turns, prompt_characters, answer_characters, row_tokens;
  int64_t num_system = 0;
  std::map<std::string, int64_t> tasks;
  std::optional<SftExample> first;

  void Add(const SftExample& example, const Encoder& encoder) {
    constexpr int64_t kAll = int64_t{1} << 40;
    turns.Add(std::ssize(example.earlier.turns) + 1);
    num_system += example.earlier.system ? 1 : 0;
    prompt_characters.Add(NumCharacters(PromptText(encoder.prompt_template, example)));
    answer_characters.Add(NumCharacters(example.output));
    if (encoder.prompts) {
      if (const auto row = encoder.prompts->Tokenize(example, kAll)) {
        row_tokens.Add(std::ssize(row->tokens));
      }
    }
    ++tasks[example.task];
    if (!first) first = example;
  }

  InspectionLines Lines(const Encoder& encoder) const {
    InspectionLines lines = {
        Labelled("turns", absl::StrCat(turns.Text(), "; ", num_system, " with a system message")),
        Labelled("characters", absl::StrCat("prompts ", prompt_characters.Text(), "; answers ",
                                            answer_characters.Text()))};
    if (row_tokens.count() > 0) {
      lines.push_back(Labelled("tokens", absl::StrCat("rows ", row_tokens.Text(),
                                                      " (training.max_tokens cuts longer ones)")));
    }
    if (tasks.size() > 1 || !tasks.contains("")) lines.push_back(Labelled("tasks", TasksText()));
    if (first) Append(SampleLines(*first, encoder), lines);
    return lines;
  }

  std::string TasksText() const {
    return absl::StrJoin(tasks, ", ", [](std::string* text, const auto& task) {
      absl::StrAppend(text, QuotedForMessage(task.first), " ", task.second);
    });
  }
};

absl::StatusOr<InspectionLines> InspectExamples(const std::string& path, const RowShape& shape,
                                                const Encoder& encoder) {
  ExampleFigures figures;
  BENCH_ASSIGN_OR_RETURN(const RecordReport report,
                         VisitExamples(path, {Lenient(), RecordLayout::kAuto},
                                       [&](const SftExample& example, const std::string&) {
                                         figures.Add(example, encoder);
                                         return absl::OkStatus();
                                       }));
  InspectionLines lines = {Labelled(
      "read as",
      absl::StrCat("instructions, data.records = \"", internal::View(Name(LayoutOf(shape.fields))),
                   "\" (stages sft, ppo, preferences)"))};
  Append(RefusedLines(report), lines);
  Append(figures.Lines(encoder), lines);
  return lines;
}

absl::StatusOr<InspectionLines> InspectPreferences(const std::string& path,
                                                   const Encoder& encoder) {
  ExampleFigures figures;
  Spread rejected_characters;
  BENCH_ASSIGN_OR_RETURN(
      const RecordReport report,
      VisitPreferences(path, Lenient(), [&](const Preference& pair, const std::string&) {
        figures.Add({pair.prompt, pair.input, pair.chosen, pair.task, pair.earlier}, encoder);
        rejected_characters.Add(NumCharacters(pair.rejected));
        return absl::OkStatus();
      }));
  InspectionLines lines = {Labelled("read as", "preferences (stage reward)")};
  Append(RefusedLines(report), lines);
  Append(figures.Lines(encoder), lines);
  lines.push_back(Labelled("rejected", absl::StrCat("characters ", rejected_characters.Text())));
  return lines;
}

// Documents as a corpus reads them, before any filter.
class DocumentFigures {
 public:
  absl::Status Read(const corpus::SourceFile& file) {
    ++formats_[std::string(Name(file.format))];
    return corpus::VisitDocuments(
               file, {},
               [this](const corpus::Document& document) {
                 characters_.Add(NumCharacters(document.text));
                 ++languages_[document.language];
                 if (first_.empty()) first_ = document.text;
                 return absl::OkStatus();
               },
               [this, &file](const corpus::Rejection& rejection) {
                 refused_.Add(rejection.kind, absl::StrCat(file.root, "/", rejection.id));
                 return absl::OkStatus();
               })
        .status();
  }

  InspectionLines Lines() const {
    const auto counts = [](const std::map<std::string, int64_t>& map) {
      return absl::StrJoin(map, ", ", [](std::string* text, const auto& entry) {
        absl::StrAppend(text, entry.first, " ", entry.second);
      });
    };
    InspectionLines lines = {Labelled("read as", "documents (stage corpus, corpus.path)"),
                             Labelled("files", counts(formats_)),
                             Labelled("documents", absl::StrCat(characters_.count(), " valid, ",
                                                                refused_.count(), " refused"))};
    for (const std::string& line : refused_.Lines()) lines.push_back(Labelled("refused", line));
    lines.push_back(Labelled("characters", characters_.Text()));
    lines.push_back(Labelled("languages", languages_.empty() ? "none" : counts(languages_)));
    if (!first_.empty()) lines.push_back(Labelled("first", QuotedForMessage(first_)));
    return lines;
  }

 private:
  std::map<std::string, int64_t> formats_, languages_;
  Spread characters_;
  SkippedRecords refused_;
  std::string first_;
};

absl::StatusOr<InspectionLines> InspectDocuments(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const corpus::SourceFiles found,
                         corpus::FilesOf({"path", path, std::nullopt}));
  if (found.files.empty()) {
    return UsageError(absl::StrCat(
        path,
        ": neither a model, a tokenizer nor data that is known; data.format, or an ending "
        "such as .jsonl, .csv, .txt or .html, tells what a file is"));
  }
  DocumentFigures figures;
  for (const corpus::SourceFile& file : found.files) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_RETURN_IF_ERROR(figures.Read(file));
  }
  InspectionLines lines = figures.Lines();
  if (!found.unknown.empty()) {
    lines.push_back(Labelled("not read", absl::StrCat(found.unknown.size(),
                                                      " files whose ending tells no format, first ",
                                                      QuotedForMessage(found.unknown[0]))));
  }
  if (!found.links.empty()) {
    lines.push_back(Labelled("not read", absl::StrCat(found.links.size(), " symbolic links")));
  }
  return lines;
}

// Whether the fields are those of documents, or of no record at all.
bool AreDocuments(const FieldKinds& fields) {
  const auto has = [&](std::string_view name) { return fields.contains(name); };
  if (fields.empty() || has("instruction") || has("messages") || has("conversations")) {
    return fields.empty();
  }
  return has("text") && !has("prompt") && !has("chosen");
}

}  // namespace

absl::StatusOr<InspectionLines> InspectData(const std::string& path,
                                            const std::optional<InspectedTokenizer>& tokenizer) {
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  const auto shape = is_folder
                         ? absl::StatusOr<RowShape>(RowShape{})
                         : FindRowShape(path, DataFormat::kAuto, RecordOptions{}.max_record_bytes);
  BENCH_RETURN_IF_ERROR(shape.status());
  if (AreDocuments(shape->fields)) return InspectDocuments(path);
  const Encoder encoder = EncoderOf(tokenizer);
  InspectionLines lines = {Labelled("format", FormatText(*shape)),
                           Labelled("fields", FieldsText(shape->fields))};
  const bool is_preferences = shape->fields.contains("chosen");
  auto more =
      is_preferences ? InspectPreferences(path, encoder) : InspectExamples(path, *shape, encoder);
  BENCH_RETURN_IF_ERROR(more.status());
  Append(*std::move(more), lines);
  return lines;
}

}  // namespace bench::harness
