#include "harness/evaluation/probes/documents.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxFileBytes = int64_t{256} << 20;

// A text, or several of them.
absl::StatusOr<std::vector<std::string>> Texts(const Json& object, const char* key) {
  BENCH_ASSIGN_OR_RETURN(const Json value, JsonMember<Json>(object, key));
  std::vector<std::string> texts;
  for (const Json& text : value.is_array() ? value : Json::array({value})) {
    if (!text.is_string()) {
      return DataError(absl::StrCat("\"", key, "\" is neither a text nor a list of texts"));
    }
    texts.push_back(text.get<std::string>());
  }
  if (texts.empty()) return DataError(absl::StrCat("\"", key, "\" is empty"));
  return texts;
}

absl::StatusOr<std::vector<size_t>> GoldOf(const Json& object, size_t num_choices) {
  BENCH_ASSIGN_OR_RETURN(const Json value, JsonMember<Json>(object, "gold"));
  std::set<size_t> gold;
  for (const Json& index : value.is_array() ? value : Json::array({value})) {
    if (!index.is_number_unsigned() || index.get<uint64_t>() >= num_choices) {
      return DataError(absl::StrCat("\"gold\" has ", index.dump(),
                                    ", which is no number from 0 to ", num_choices - 1));
    }
    gold.insert(index.get<size_t>());
  }
  return std::vector<size_t>(gold.begin(), gold.end());
}

absl::Status CheckChoices(const ProbeDocument& document) {
  if (document.choices.size() < 2) return DataError("there are fewer than two choices");
  if (document.gold.empty()) return DataError("no choice is the right one");
  if (document.gold.size() == document.choices.size()) return DataError("every choice is right");
  return absl::OkStatus();
}

absl::StatusOr<ProbeDocument> TargetDocument(const Json& object) {
  ProbeDocument document;
  BENCH_ASSIGN_OR_RETURN(document.input, JsonMember<std::string>(object, "input"));
  BENCH_ASSIGN_OR_RETURN(document.targets, Texts(object, "target"));
  return document;
}

absl::StatusOr<ProbeDocument> ChoiceDocument(const Json& object) {
  ProbeDocument document;
  BENCH_ASSIGN_OR_RETURN(document.input, JsonMember<std::string>(object, "input"));
  BENCH_ASSIGN_OR_RETURN(document.choices, Texts(object, "choices"));
  BENCH_ASSIGN_OR_RETURN(document.gold, GoldOf(object, document.choices.size()));
  BENCH_RETURN_IF_ERROR(CheckChoices(document));
  return document;
}

absl::StatusOr<ProbeDocument> TextDocument(const Json& object) {
  ProbeDocument document;
  BENCH_ASSIGN_OR_RETURN(document.input, JsonMember<std::string>(object, "text"));
  if (document.input.empty()) return DataError("\"text\" is empty");
  return document;
}

// In the order of ProbeRequest.
constexpr std::array kReaders = {&TargetDocument, &ChoiceDocument, &TargetDocument, &TextDocument};
static_assert(kReaders.size() == EnumNames(ProbeRequest{}).size());

// What a BIG-bench task puts around its examples.
struct BigBenchForm {
  std::string input_prefix = "\nQ: ";
  std::string output_prefix = "\nA: ";
  std::string choice_prefix = "\n  choice: ";
  bool append_choices = true;
};

absl::Status ReadText(const Json& task, const char* key, std::string& text) {
  if (!task.contains(key)) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(text, JsonMember<std::string>(task, key));
  return absl::OkStatus();
}

absl::StatusOr<BigBenchForm> FormOf(const Json& task) {
  BigBenchForm form;
  BENCH_RETURN_IF_ERROR(ReadText(task, "example_input_prefix", form.input_prefix));
  BENCH_RETURN_IF_ERROR(ReadText(task, "example_output_prefix", form.output_prefix));
  BENCH_RETURN_IF_ERROR(ReadText(task, "choice_prefix", form.choice_prefix));
  if (task.contains("append_choices_to_input")) {
    const Json& append = task["append_choices_to_input"];
    if (!append.is_boolean())
      return DataError("\"append_choices_to_input\" is neither true nor false");
    form.append_choices = append.get<bool>();
  }
  return form;
}

absl::Status ReadScores(const Json& scores, ProbeDocument& document) {
  if (!scores.is_object()) return DataError("\"target_scores\" is no object");
  double best = -std::numeric_limits<double>::infinity();
  for (const auto& [choice, score] : scores.items()) {
    if (!score.is_number()) return DataError("\"target_scores\" has a score that is no number");
    best = std::max(best, score.get<double>());
  }
  for (const auto& [choice, score] : scores.items()) {
    if (score.get<double>() == best) document.gold.push_back(document.choices.size());
    document.choices.push_back(choice);
  }
  return CheckChoices(document);
}

absl::StatusOr<ProbeDocument> BigBenchDocument(const Json& example, ProbeRequest request,
                                               const BigBenchForm& form) {
  ProbeDocument document;
  BENCH_ASSIGN_OR_RETURN(const std::string input, JsonMember<std::string>(example, "input"));
  document.input = form.input_prefix + input;
  const bool has_scores = example.contains("target_scores");
  if (has_scores) BENCH_RETURN_IF_ERROR(ReadScores(example["target_scores"], document));
  if (has_scores && form.append_choices) {
    for (const std::string& choice : document.choices) {
      absl::StrAppend(&document.input, form.choice_prefix, choice);
    }
  }
  document.input += form.output_prefix;
  if (request == ProbeRequest::kChoice) {
    if (!has_scores) return DataError("no key \"target_scores\": nothing to choose from");
    return document;
  }
  if (example.contains("target")) {
    BENCH_ASSIGN_OR_RETURN(document.targets, Texts(example, "target"));
  } else if (has_scores) {
    for (const size_t right : document.gold) document.targets.push_back(document.choices[right]);
  } else {
    return DataError("no key \"target\"");
  }
  document.choices.clear();
  document.gold.clear();
  return document;
}

absl::StatusOr<ProbeFile> ReadBigBench(const std::string& path, const Json& task,
                                       ProbeRequest request) {
  if (request == ProbeRequest::kRolling) {
    return DataError(absl::StrCat(path, ": a BIG-bench task has no texts for a rolling request"));
  }
  ProbeFile file;
  file.ends_inputs = true;
  BENCH_RETURN_IF_ERROR(Annotate(ReadText(task, "task_prefix", file.description), path));
  absl::StatusOr<BigBenchForm> form = FormOf(task);
  if (!form.ok()) return Annotate(form.status(), path);
  const Json& examples = task["examples"];
  if (!examples.is_array()) return DataError(absl::StrCat(path, ": \"examples\" is no list"));
  for (size_t i = 0; i < examples.size(); ++i) {
    absl::StatusOr<ProbeDocument> document = BigBenchDocument(examples[i], request, *form);
    if (!document.ok()) {
      return Annotate(document.status(), absl::StrCat(path, ": example ", i + 1));
    }
    document->sha256 = Sha256Hex(examples[i].dump());
    file.documents.push_back(*std::move(document));
  }
  return file;
}

absl::StatusOr<ProbeFile> ReadLines(const std::string& path, const std::string& text,
                                    ProbeRequest request) {
  ProbeFile file;
  int64_t number = 0;
  for (const absl::string_view part : absl::StrSplit(text, '\n')) {
    ++number;
    const std::string_view line = {part.data(), part.size()};
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = absl::StrCat(path, ":", number);
    const absl::StatusOr<Json> object = ParseJsonObject(line);
    if (!object.ok()) return Annotate(object.status(), where);
    absl::StatusOr<ProbeDocument> document = kReaders[static_cast<size_t>(request)](*object);
    if (!document.ok()) return Annotate(document.status(), where);
    document->sha256 = Sha256Hex(object->dump());
    file.documents.push_back(*std::move(document));
  }
  return file;
}

// The whole text as one object with "examples".
std::optional<Json> AsBigBench(const std::string& text) {
  absl::StatusOr<Json> task = ParseJsonObject(text);
  if (!task.ok() || !task->contains("examples")) return std::nullopt;
  return *std::move(task);
}

}  // namespace

absl::StatusOr<ProbeFile> ReadProbeFile(const std::string& path, ProbeRequest request) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxFileBytes));
  const std::optional<Json> task = AsBigBench(text);
  BENCH_ASSIGN_OR_RETURN(
      ProbeFile file, task ? ReadBigBench(path, *task, request) : ReadLines(path, text, request));
  if (file.documents.empty()) return DataError(absl::StrCat(path, ": there is no document in it"));
  return file;
}

}  // namespace bench::harness
