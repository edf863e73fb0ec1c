#include "harness/run/inspect_records.h"

#include <array>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
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

RecordOptions Lenient() {
  RecordOptions options;
  options.on_invalid = OnInvalid::kSkip;
  return options;
}

InspectionLines CountLines(const RecordReport& report) {
  InspectionLines lines = {Labelled(
      "records", absl::StrCat(report.num_read, " valid, ", report.skipped.count(), " refused"))};
  Append(RefusedLines(report.skipped), lines);
  if (report.num_read > 0 && report.skipped.count() > 0) {
    lines.push_back(
        Labelled("", "a run ends at the first; data.skip_invalid = true leaves such out"));
  }
  return lines;
}

std::string WhyUnusable(const RecordReport& report) {
  return report.num_read > 0 ? ""
                             : "every record of it is refused, so that a run ends at the first";
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
      Labelled("first prompt", Escaped(PromptText(encoder.prompt_template, example))),
      Labelled("first answer", Escaped(example.output))};
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
    if (!first) return {};
    InspectionLines lines = {
        Labelled("turns", absl::StrCat(turns.Text(), "; ", num_system, " with a system message")),
        Labelled("characters", absl::StrCat("prompts ", prompt_characters.Text(), "; answers ",
                                            answer_characters.Text()))};
    if (row_tokens.count() > 0) {
      lines.push_back(Labelled("tokens", absl::StrCat("rows ", row_tokens.Text(),
                                                      " (training.max_tokens cuts longer ones)")));
    }
    if (tasks.size() > 1 || !tasks.contains("")) lines.push_back(Labelled("tasks", TasksText()));
    Append(SampleLines(*first, encoder), lines);
    return lines;
  }

  std::string TasksText() const {
    return absl::StrJoin(tasks, ", ", [](std::string* text, const auto& task) {
      absl::StrAppend(text, Escaped(task.first), " ", task.second);
    });
  }
};

absl::StatusOr<Inspection> InspectExamples(const std::string& path, const RowShape& shape,
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
  Append(CountLines(report), lines);
  Append(figures.Lines(encoder), lines);
  return Inspection{std::move(lines), WhyUnusable(report)};
}

absl::StatusOr<Inspection> InspectPreferences(const std::string& path, const Encoder& encoder) {
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
  Append(CountLines(report), lines);
  Append(figures.Lines(encoder), lines);
  if (rejected_characters.count() > 0) {
    lines.push_back(Labelled("rejected", absl::StrCat("characters ", rejected_characters.Text())));
  }
  return Inspection{std::move(lines), WhyUnusable(report)};
}

}  // namespace

std::string FieldsText(const FieldKinds& fields) {
  constexpr size_t kMostShown = 16;
  std::string text;
  size_t num_shown = 0;
  for (const auto& [name, kind] : fields) {
    if (num_shown++ == kMostShown) {
      return absl::StrCat(text, ", and ", fields.size() - kMostShown, " more");
    }
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, " (", internal::View(KindText(kind)),
                    ")");
  }
  return text;
}

absl::StatusOr<Inspection> InspectRecords(const std::string& path, const RowShape& shape,
                                          const std::optional<InspectedTokenizer>& tokenizer) {
  const Encoder encoder = EncoderOf(tokenizer);
  Inspection inspection;
  inspection.lines = {Labelled("format", FormatText(shape)),
                      Labelled("fields", FieldsText(shape.fields))};
  auto more = shape.fields.contains("chosen") ? InspectPreferences(path, encoder)
                                              : InspectExamples(path, shape, encoder);
  BENCH_RETURN_IF_ERROR(more.status());
  Append(std::move(more->lines), inspection.lines);
  inspection.unusable = std::move(more->unusable);
  return inspection;
}

}  // namespace bench::harness
