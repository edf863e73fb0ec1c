#include "harness/definition/probe_spec.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

// Committed files lie below the experiments, whatever the name of that folder is.
bool StaysBelow(const std::string& file) {
  if (file.empty() || file.front() == '/') return false;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(file, '/'))) {
    if (part.empty() || part == "." || part == "..") return false;
  }
  return true;
}

void ValidateFile(std::string_view key, const std::optional<std::string>& file,
                  const Violations& violations) {
  if (file && !StaysBelow(*file)) {
    violations.Add(key,
                   "is a path below the folder of the experiments, such as \"probes/a.jsonl\"");
  }
}

bool IsMatch(AnswerFilter filter) {
  return filter == AnswerFilter::kFirstMatch || filter == AnswerFilter::kLastMatch;
}

void ValidateFilters(const ProbeSpec& probe, const Violations& violations) {
  for (size_t i = 0; i < probe.filters.size(); ++i) {
    const AnswerFilterSpec& filter = probe.filters[i];
    if (IsMatch(filter.filter) != filter.pattern.empty()) continue;
    violations.Add(absl::StrCat("filters[", i, "].pattern"),
                   filter.pattern.empty() ? "is needed: what is looked for in the answer"
                                          : "belongs to first_match and last_match");
  }
}

void ValidateShots(const ProbeSpec& probe, const Violations& violations) {
  const bool has_file = probe.shots_file || probe.shots_path;
  if (probe.shots_file && probe.shots_path) {
    violations.Add("shots_path", "needs at most one of shots_file and shots_path");
  }
  if ((probe.shots > 0) != has_file) {
    violations.Add("shots", has_file
                                ? "is 0, but there is a file of examples"
                                : "needs shots_file or shots_path: examples are no test documents");
  }
  if (probe.shots > 0 && probe.request == ProbeRequest::kRolling) {
    violations.Add("shots", "do not belong to a rolling request, which scores whole texts");
  }
  if (probe.apply_template && probe.request == ProbeRequest::kRolling) {
    violations.Add("apply_template", "does not belong to a rolling request, which has no prompt");
  }
  if (probe.apply_template && probe.bos) {
    violations.Add("bos", "comes with the prompt template already: leave it out");
  }
}

void ValidateRequest(const ProbeSpec& probe, const Violations& violations) {
  const bool generates = probe.request == ProbeRequest::kGenerate;
  if (generates && probe.until.empty()) {
    violations.Add("until", "is needed to generate: the texts at which an answer ends");
  }
  if (!generates && !(probe.until.empty() && probe.filters.empty())) {
    violations.Add("until", "and filters belong to request = \"generate\"");
  }
  for (const std::string& text : probe.until) {
    if (text.empty()) violations.Add("until", "has an empty text");
  }
}

}  // namespace

void Describe(AnswerFilterSpec& spec, FieldList& fields) {
  fields.Leaf("filter", spec.filter,
              {.doc = "strip: no white space at the ends; first_match, last_match: of the pattern, "
                      "an answer without one is wrong",
               .presence = Presence::kRequired});
  fields.Leaf("pattern", spec.pattern,
              {.doc = "of a match: a regular expression as ICU reads it; its first group, if any"});
}

void Describe(ProbeSpec& spec, FieldList& fields) {
  fields.Leaf("name", spec.name,
              {.doc = "in the results: accuracy/NAME",
               .presence = Presence::kRequired,
               .role = TextRole::kName});
  fields.Leaf("request", spec.request,
              {.doc = "what the model is asked", .presence = Presence::kRequired});
  fields.Leaf("file", spec.file,
              {.doc = "documents: JSON lines or a BIG-bench task, below experiments/",
               .replaces = {"path"}});
  fields.Leaf(
      "path", spec.path,
      {.doc = "your own file, instead of file", .role = TextRole::kUserPath, .replaces = {"file"}});
  fields.Leaf("description", spec.description, {.doc = "text before the examples and the input"});
  fields.Leaf("delimiter", spec.delimiter, {.doc = "between an input and its target"});
  fields.Leaf("separator", spec.separator, {.doc = "behind each example"});
  fields.Leaf(
      "bos", spec.bos,
      {.doc = "begin with the tokenizer's BOS token, as models that were trained so expect"});
  fields.Leaf("apply_template", spec.apply_template,
              {.doc = "ask as an instruction in the model's prompt template; no delimiter then",
               .replaces = {"bos"}});
  fields.Leaf("shots", spec.shots,
              {.doc = "examples before each document", .bounds = Between(0, 1000)});
  fields.Leaf("shots_file", spec.shots_file,
              {.doc = "the examples, below experiments/: never the test documents",
               .replaces = {"shots_path"}});
  fields.Leaf("shots_path", spec.shots_path,
              {.doc = "your own file of examples",
               .role = TextRole::kUserPath,
               .replaces = {"shots_file"}});
  fields.Leaf("shots_order", spec.shots_order,
              {.doc = "first: the first ones; drawn: other ones for each document"});
  fields.Leaf("until", spec.until, {.doc = "texts at which a generated answer ends; needed there"});
  fields.Leaf(
      "max_new_tokens", spec.max_new_tokens,
      {.doc = "longest generated answer", .units = "tokens", .bounds = Between(1, 1 << 20)});
  fields.Tables("filters", spec.filters, "what becomes of a generated answer, in this order");
  fields.Leaf(
      "max_documents", spec.max_documents,
      {.doc = "documents that are asked, the first ones; 0: all", .bounds = Between(0, 1e9)});
}

void Validate(const std::vector<ProbeSpec>& probes, std::string_view key,
              const Violations& violations) {
  std::set<std::string> names;
  for (size_t i = 0; i < probes.size(); ++i) {
    const ProbeSpec& probe = probes[i];
    const Violations here = violations.In(absl::StrCat(std::string(key), "[", i, "]"));
    if (!names.insert(probe.name).second) here.Add("name", "this probe is there already");
    if (probe.file.has_value() == probe.path.has_value()) {
      here.Add("file", "needs exactly one of file = \"...\" and path = \"...\"");
    }
    ValidateFile("file", probe.file, here);
    ValidateFile("shots_file", probe.shots_file, here);
    ValidateShots(probe, here);
    ValidateRequest(probe, here);
    ValidateFilters(probe, here);
  }
}

}  // namespace bench::harness
