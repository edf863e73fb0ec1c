#include "harness/generated/replace.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status.h"

namespace bench::harness::generated {
namespace {

// Draws a rule wanted, before one gives up: some are held out, some come twice.
constexpr int64_t kDrawsPerRule = 100;

std::string Alphabet(const ReplaceSpec& spec) {
  std::string alphabet;
  for (int64_t i = 0; i < spec.letters; ++i) alphabet += static_cast<char>('a' + i);
  return absl::StrCat(alphabet, ">|=");
}

}  // namespace

std::string ReplaceGrammar::Rule::Text() const { return absl::StrCat(from, ">", to); }

ReplaceGrammar::ReplaceGrammar(const ReplaceSpec& spec)
    : RowGrammar(Characters(Alphabet(spec)).symbols(), {"seen", "unseen"}),
      spec_(spec),
      characters_(Alphabet(spec)) {}

absl::StatusOr<std::unique_ptr<RowGrammar>> ReplaceGrammar::Create(const ReplaceSpec& spec,
                                                                   const KeySplit& split) {
  auto grammar = std::unique_ptr<ReplaceGrammar>(new ReplaceGrammar(spec));
  Random random = split.Stream("replace/rules");
  std::set<std::string> seen;
  for (int64_t draw = 0; std::ssize(grammar->rules_) < spec.rules; ++draw) {
    if (draw == kDrawsPerRule * spec.rules) {
      return DataError(absl::StrCat("generated.replace.rules: of ", draw, " rules drawn only ",
                                    grammar->rules_.size(),
                                    " are different and not held out; ask "
                                    "for fewer, or give them more letters"));
    }
    Rule rule = grammar->AnyRule(random);
    const std::string text = rule.Text();
    if (split.IsHeldOut(text) || !seen.insert(text).second) continue;
    grammar->rules_.push_back(std::move(rule));
  }
  return grammar;
}

std::string ReplaceGrammar::Letters(int64_t count, Random& random) const {
  std::string text;
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t letter = random.Below(static_cast<uint64_t>(spec_.letters));
    text += static_cast<char>('a' + static_cast<int>(letter));
  }
  return text;
}

ReplaceGrammar::Rule ReplaceGrammar::AnyRule(Random& random) const {
  while (true) {
    std::string from = Letters(spec_.rule_length, random);
    std::string to = Letters(spec_.rule_length, random);
    if (from != to) return {std::move(from), std::move(to)};
  }
}

std::string ReplaceGrammar::TextWith(const Rule& rule, Random& random) const {
  std::string text = Letters(spec_.text_length, random);
  const auto places = static_cast<uint64_t>(spec_.text_length - spec_.rule_length + 1);
  const uint64_t place = random.Below(places);
  for (size_t i = 0; i < rule.from.size(); ++i) text[place + i] = rule.from[i];
  return text;
}

Row ReplaceGrammar::Draw(Part part, int64_t index, RowStreams& streams) const {
  Random& random = streams.row;
  const bool unseen = part == Part::kValidation && index % 2 == 1;
  const Rule rule = unseen ? AnyRule(random) : rules_[random.Below(rules_.size())];
  const std::string text = TextWith(rule, random);
  Rule shown = rule;
  while (spec_.shown == RuleShown::kOther && shown.Text() == rule.Text()) {
    shown = AnyRule(streams.control);
  }
  Row row;
  row.group = unseen ? 1 : 0;
  row.key = unseen ? rule.Text() : absl::StrCat(rule.Text(), "|", text);
  characters_.Append(absl::StrCat(shown.Text(), "|", text, "="), TokenMark::kGiven, row);
  characters_.Append(absl::StrReplaceAll(text, {{rule.from, rule.to}}), TokenMark::kAnswer, row);
  row.Add(kEndToken, TokenMark::kAnswer);
  return row;
}

}  // namespace bench::harness::generated
