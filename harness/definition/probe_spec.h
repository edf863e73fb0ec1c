// [[probes]]: held-out tasks that a model is asked, of the four kinds of request that evaluation
// harnesses share (harness/evaluation/probes/probe.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench::harness {

class FieldList;
class Violations;

enum class ProbeRequest {
  kLogLikelihood,  // how probable the target is, and whether the model would have said it
  kChoice,         // which of several continuations is the most probable
  kGenerate,       // what the model says, up to a stop
  kRolling,        // how probable a whole text is
};
constexpr std::array<std::string_view, 4> EnumNames(ProbeRequest) {
  return {"log_likelihood", "choice", "generate", "rolling"};
}

// The examples before a document: the first of their file, or drawn for each document.
enum class ShotOrder { kFirst, kDrawn };
constexpr std::array<std::string_view, 2> EnumNames(ShotOrder) { return {"first", "drawn"}; }

// What becomes of a generated answer, one step after the other.
enum class AnswerFilter { kStrip, kLowercase, kFirstLine, kFirstMatch, kLastMatch };
constexpr std::array<std::string_view, 5> EnumNames(AnswerFilter) {
  return {"strip", "lowercase", "first_line", "first_match", "last_match"};
}
struct AnswerFilterSpec {
  AnswerFilter filter = AnswerFilter::kStrip;
  std::string pattern;  // of the two matches: the first group, or the whole match
};

// Exactly one of `file` and `path`; with shots also one of `shots_file` and `shots_path`.
struct ProbeSpec {
  std::string name;
  ProbeRequest request = ProbeRequest::kChoice;
  std::optional<std::string> file;  // in the folder of the experiments
  std::optional<std::string> path;  // a user's own
  std::string description;          // before everything else
  std::string delimiter = " ";      // between an input and its target
  std::string separator = "\n\n";   // behind each example
  bool bos = false;                 // the context begins with BOS
  bool apply_template = false;      // the context is the instruction of the model's prompt
  int64_t shots = 0;
  std::optional<std::string> shots_file;
  std::optional<std::string> shots_path;
  ShotOrder shots_order = ShotOrder::kFirst;
  std::vector<std::string> until;  // where an answer ends
  int64_t max_new_tokens = 64;
  std::vector<AnswerFilterSpec> filters;
  int64_t max_documents = 0;  // the first ones; 0: all
};

void Describe(AnswerFilterSpec& spec, FieldList& fields);
void Describe(ProbeSpec& spec, FieldList& fields);
// Rules of all probes of a definition, whose table is `key`.
void Validate(const std::vector<ProbeSpec>& probes, std::string_view key,
              const Violations& violations);

}  // namespace bench::harness
