#include "trials/arm.h"

#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/text.h"

namespace bench::trials {
namespace {

constexpr std::array<std::string_view, 4> kPassedOn = {"--steps", "--device", "--nproc",
                                                       "--experiments"};

// Splits one text; a word may have quoted and plain parts.
class WordSplitter {
 public:
  explicit WordSplitter(const std::string& text) : text_(text) {}

  absl::StatusOr<std::vector<std::string>> Split() {
    for (next_ = 0; next_ < text_.size(); ++next_) {
      const char c = text_[next_];
      if (c == ' ' || c == '\t' || c == '\n') {
        EndWord();
      } else if (c == '\'' || c == '"') {
        if (!Quoted(c)) return UsageError(absl::StrCat("a quote is not closed in ", Shown()));
      } else {
        if (c == '\\' && next_ + 1 < text_.size()) ++next_;
        word_ = word_.value_or("") + text_[next_];
      }
    }
    EndWord();
    return std::move(words_);
  }

 private:
  std::string Shown() const { return results::EscapeForTerminal(text_); }

  void EndWord() {
    if (word_) words_.push_back(*std::move(word_));
    word_.reset();
  }
  // Up to the quote that closes; within double quotes a backslash takes the character behind it.
  bool Quoted(char quote) {
    std::string part;
    for (++next_; next_ < text_.size() && text_[next_] != quote; ++next_) {
      if (quote == '"' && text_[next_] == '\\' && next_ + 1 < text_.size()) ++next_;
      part += text_[next_];
    }
    word_ = word_.value_or("") + part;
    return next_ < text_.size();
  }

  const std::string& text_;
  size_t next_ = 0;
  std::optional<std::string> word_;
  std::vector<std::string> words_;
};

class ArmParser {
 public:
  explicit ArmParser(const std::string& text) { arm_.text = text; }

  absl::StatusOr<Arm> Parse() {
    BENCH_ASSIGN_OR_RETURN(words_, SplitWords(arm_.text));
    for (next_ = 0; next_ < words_.size(); ++next_) BENCH_RETURN_IF_ERROR(Word(words_[next_]));
    if (arm_.experiment.empty()) return Refuse("it names no experiment");
    return std::move(arm_);
  }

 private:
  absl::Status Refuse(const std::string& why) const {
    return UsageError(absl::StrCat("the arm '", results::EscapeForTerminal(arm_.text), "': ", why));
  }

  absl::Status Word(const std::string& word) {
    if (word == "--set") return Pair(word, arm_.sets);
    if (word == "--env") return Pair(word, arm_.environment);
    if (absl::c_linear_search(kPassedOn, word)) {
      BENCH_ASSIGN_OR_RETURN(const std::string value, Value(word));
      return Keep(word, word, value, arm_.others);
    }
    if (absl::StartsWith(word, "-")) {
      return Refuse(absl::StrCat(results::EscapeForTerminal(word),
                                 " cannot be used here; an arm may have --set, --steps, --device, ",
                                 "--nproc, --experiments and --env"));
    }
    if (!arm_.experiment.empty()) {
      return Refuse(absl::StrCat("it names two experiments, ",
                                 results::EscapeForTerminal(arm_.experiment), " and ",
                                 results::EscapeForTerminal(word)));
    }
    arm_.experiment = word;
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Value(const std::string& option) {
    if (next_ + 1 == words_.size()) return Refuse(absl::StrCat(option, " needs a value"));
    return words_[++next_];
  }

  // KEY=VALUE.
  absl::Status Pair(const std::string& option, std::map<std::string, std::string>& pairs) {
    BENCH_ASSIGN_OR_RETURN(const std::string value, Value(option));
    const size_t equals = value.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return Refuse(
          absl::StrCat(option, " ", results::EscapeForTerminal(value), ": must be NAME=VALUE"));
    }
    return Keep(option, value.substr(0, equals), value.substr(equals + 1), pairs);
  }

  absl::Status Keep(const std::string& option, const std::string& name, const std::string& value,
                    std::map<std::string, std::string>& pairs) {
    if (pairs.emplace(name, value).second) return absl::OkStatus();
    return Refuse(absl::StrCat(option, " says two things of ", results::EscapeForTerminal(name)));
  }

  Arm arm_;
  std::vector<std::string> words_;
  size_t next_ = 0;
};

// Names whose values differ, or that only one side has.
std::set<std::string> Differing(const std::map<std::string, std::string>& base,
                                const std::map<std::string, std::string>& head) {
  std::set<std::string> names;
  for (const auto& [name, value] : base) {
    const auto other = head.find(name);
    if (other == head.end() || other->second != value) names.insert(name);
  }
  for (const auto& [name, value] : head) {
    if (!base.contains(name)) names.insert(name);
  }
  return names;
}

std::string Shown(const std::map<std::string, std::string>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string("not set") : found->second;
}

}  // namespace

std::vector<std::string> Arm::Arguments() const {
  std::vector<std::string> arguments = {experiment};
  for (const auto& [key, value] : sets) {
    arguments.emplace_back("--set");
    arguments.push_back(absl::StrCat(key, "=", value));
  }
  for (const auto& [option, value] : others) {
    arguments.push_back(option);
    arguments.push_back(value);
  }
  return arguments;
}

absl::StatusOr<std::vector<std::string>> SplitWords(const std::string& text) {
  return WordSplitter(text).Split();
}

absl::StatusOr<Arm> ParseArm(const std::string& text) { return ArmParser(text).Parse(); }

absl::StatusOr<results::AskedDifferences> AskedBetween(const Arm& base, const Arm& head) {
  results::AskedDifferences asked;
  asked.keys = Differing(base.sets, head.sets);
  asked.whole_definition = base.experiment != head.experiment;
  const std::set<std::string> others = Differing(base.others, head.others);
  if (others.contains("--steps") || others.contains("--experiments")) {
    return UsageError("arms cannot differ in --steps or --experiments: give both the same");
  }
  asked.ranks = others.contains("--nproc");
  asked.device = others.contains("--device");
  for (const std::string& name : Differing(base.environment, head.environment)) {
    asked.environment = true;
    asked.others.push_back(absl::StrCat("environment variable ", name, ": ",
                                        Shown(base.environment, name), " in the base, ",
                                        Shown(head.environment, name), " in the head"));
  }
  return asked;
}

}  // namespace bench::trials
