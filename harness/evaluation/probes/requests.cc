#include "harness/evaluation/probes/requests.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>
#include <optional>
#include <span>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/prompt.h"
#include "harness/data/prompt_template.h"
#include "harness/evaluation/generation.h"
#include "harness/evaluation/probes/continuations.h"
#include "harness/evaluation/text_metrics.h"
#include "harness/text/text.h"
#include "models/families/family.h"
#include "results/metrics.h"

namespace bench::harness {
namespace {

using results::CountedProportion;
using results::MetricDescriptor;

// Whether positions follow marks that every row must have, which a prompt template alone writes.
bool NeedsMarks(const ProbeModel& model) {
  return std::holds_alternative<models::BlockRope>(model.decoder.config().position);
}

// Encodes what a probe asks, as a text that goes on or in the model's prompt template.
class Asker {
 public:
  static absl::StatusOr<Asker> Create(const Probe& probe, const ProbeModel& model) {
    Asker asker(probe, model);
    if (probe.spec().apply_template) {
      BENCH_ASSIGN_OR_RETURN(asker.encoder_,
                             PromptEncoder::Create(model.tokenizer, model.prompt_template));
    }
    return asker;
  }

  EncodedPair Pair(const std::string& context, const std::string& target) const {
    if (encoder_) return {InTemplate(context), tokenizer_.Encode(Continuation(target))};
    return EncodePair(tokenizer_, context, Continuation(target), start_);
  }
  // As it would continue a text that is not there; where every row has marks, as it answers a
  // message that is empty.
  EncodedPair Alone(const std::string& target) const {
    if (needs_marks_) return Pair("", target);
    return EncodePair(tokenizer_, "", Continuation(target));
  }
  std::vector<int64_t> Prompt(const std::string& context) const {
    if (encoder_) return InTemplate(context);
    std::vector<int64_t> tokens = tokenizer_.Encode(context);
    const bool with_bos = start_ == ContextStart::kBos && tokenizer_.bos_id();
    if (tokens.empty() || with_bos) tokens.insert(tokens.begin(), PrefixToken(tokenizer_));
    return tokens;
  }
  AnswerForm answer_form() const {
    return encoder_ ? encoder_->answer_form() : AnswerForm{.end_token = tokenizer_.eos_id()};
  }

 private:
  Asker(const Probe& probe, const ProbeModel& model)
      : prompts_(probe.prompts()),
        tokenizer_(model.tokenizer),
        start_(probe.spec().bos ? ContextStart::kBos : ContextStart::kPlain),
        needs_marks_(NeedsMarks(model)) {}
  // As it follows a context: without what a template writes behind an answer.
  std::string Continuation(const std::string& target) const {
    const std::string& before = encoder_ ? encoder_->answer_form().before : prompts_.delimiter();
    return absl::StrCat(before, target);
  }
  std::vector<int64_t> InTemplate(const std::string& context) const {
    return encoder_->Prompt({context, "", "", ""});
  }

  const ProbePrompts& prompts_;
  const Tokenizer& tokenizer_;
  ContextStart start_;
  bool needs_marks_;
  std::optional<PromptEncoder> encoder_;
};

std::vector<ProbeAnswer> Contexts(const Probe& probe) {
  std::vector<ProbeAnswer> answers;
  for (const ProbeDocument& document : probe.documents()) {
    answers.emplace_back().context = probe.prompts().Context(document);
  }
  return answers;
}

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Fraction(const std::vector<bool>& items) {
  const auto count = std::count(items.begin(), items.end(), true);
  return static_cast<double>(count) / static_cast<double>(items.size());
}

void Add(const MetricDescriptor& metric, double value, const Probe& probe,
         ProbeFindings& findings) {
  findings.values.push_back({{&metric, probe.spec().name}, value});
}

void AddProportion(const MetricDescriptor& metric, const std::vector<bool>& items,
                   const Probe& probe, ProbeFindings& findings) {
  Add(metric, Fraction(items), probe, findings);
  findings.proportions.push_back(CountedProportion::Of({&metric, probe.spec().name}, items));
}

absl::StatusOr<ProbeFindings> AskLogLikelihood(const Probe& probe, const ProbeModel& model) {
  BENCH_ASSIGN_OR_RETURN(const Asker asker, Asker::Create(probe, model));
  ProbeFindings findings;
  findings.answers = Contexts(probe);
  std::vector<EncodedPair> pairs;
  for (size_t d = 0; d < findings.answers.size(); ++d) {
    for (const std::string& target : probe.documents()[d].targets) {
      pairs.push_back(asker.Pair(findings.answers[d].context, target));
    }
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<ContinuationScore> scores,
                         ScoreContinuations(model.decoder, pairs));
  std::vector<double> log_probs;
  std::vector<bool> greedy;
  size_t next = 0;
  for (size_t d = 0; d < findings.answers.size(); ++d) {
    const std::vector<std::string>& targets = probe.documents()[d].targets;
    const std::span<const ContinuationScore> here = std::span(scores).subspan(next, targets.size());
    next += targets.size();
    const auto best = std::max_element(here.begin(), here.end(), [](const auto& a, const auto& b) {
      return a.log_prob < b.log_prob;
    });
    ProbeAnswer& answer = findings.answers[d];
    answer.target = targets[static_cast<size_t>(best - here.begin())];
    answer.log_prob = best->log_prob;
    answer.right = std::any_of(here.begin(), here.end(), [](const auto& s) { return s.is_greedy; });
    log_probs.push_back(answer.log_prob);
    greedy.push_back(answer.right);
  }
  Add(results::kTargetLogProb, Mean(log_probs), probe, findings);
  AddProportion(results::kGreedyMatch, greedy, probe, findings);
  return findings;
}

// The log-probabilities of the choices of all documents, one after the other.
struct ChoiceScores {
  std::vector<ContinuationScore> with_input, alone;
};
absl::StatusOr<ChoiceScores> ScoreChoices(const Probe& probe, const ProbeModel& model,
                                          const std::vector<ProbeAnswer>& contexts) {
  BENCH_ASSIGN_OR_RETURN(const Asker asker, Asker::Create(probe, model));
  std::vector<EncodedPair> with_input, alone;
  for (size_t d = 0; d < contexts.size(); ++d) {
    for (const std::string& choice : probe.documents()[d].choices) {
      with_input.push_back(asker.Pair(contexts[d].context, choice));
      alone.push_back(asker.Alone(choice));
    }
  }
  ChoiceScores scores;
  BENCH_ASSIGN_OR_RETURN(scores.with_input, ScoreContinuations(model.decoder, with_input));
  BENCH_ASSIGN_OR_RETURN(scores.alone, ScoreContinuations(model.decoder, alone));
  return scores;
}

// The first of the largest.
size_t ArgMax(size_t count, const std::function<double(size_t)>& value) {
  size_t best = 0;
  for (size_t i = 1; i < count; ++i) {
    if (value(i) > value(best)) best = i;
  }
  return best;
}

absl::StatusOr<ProbeFindings> AskChoice(const Probe& probe, const ProbeModel& model) {
  ProbeFindings findings;
  findings.answers = Contexts(probe);
  BENCH_ASSIGN_OR_RETURN(const ChoiceScores scores, ScoreChoices(probe, model, findings.answers));
  std::vector<bool> raw, per_character, unconditional;
  std::vector<double> chances;
  size_t first = 0;
  for (size_t d = 0; d < findings.answers.size(); ++d) {
    const ProbeDocument& document = probe.documents()[d];
    const size_t count = document.choices.size();
    const auto is_right = [&](size_t choice) {
      return std::find(document.gold.begin(), document.gold.end(), choice) != document.gold.end();
    };
    const auto log_prob = [&](size_t i) { return scores.with_input[first + i].log_prob; };
    const size_t chosen = ArgMax(count, log_prob);
    raw.push_back(is_right(chosen));
    per_character.push_back(is_right(ArgMax(count, [&](size_t i) {
      return log_prob(i) / static_cast<double>(NumCharacters(document.choices[i]));
    })));
    unconditional.push_back(is_right(
        ArgMax(count, [&](size_t i) { return log_prob(i) - scores.alone[first + i].log_prob; })));
    chances.push_back(static_cast<double>(document.gold.size()) / static_cast<double>(count));
    ProbeAnswer& answer = findings.answers[d];
    answer.target = document.answer();
    answer.answer = document.choices[chosen];
    answer.log_prob = log_prob(document.gold[0]);
    answer.right = is_right(chosen);
    first += count;
  }
  AddProportion(results::kAccuracy, raw, probe, findings);
  AddProportion(results::kAccuracyPerCharacter, per_character, probe, findings);
  AddProportion(results::kAccuracyUnconditional, unconditional, probe, findings);
  const double chance = Mean(chances);
  Add(results::kChanceAccuracy, chance, probe, findings);
  Add(results::kAccuracyAboveChance, (Fraction(raw) - chance) / (1 - chance), probe, findings);
  return findings;
}

// `text` up to the first of `until` that it has.
std::string CutAtStop(const std::string& text, const std::vector<std::string>& until) {
  size_t end = text.size();
  for (const std::string& stop : until) end = std::min(end, text.find(stop));
  return text.substr(0, end);
}

absl::StatusOr<std::vector<std::string>> Generated(const Probe& probe, const ProbeModel& model,
                                                   const std::vector<ProbeAnswer>& contexts) {
  BENCH_ASSIGN_OR_RETURN(const Asker asker, Asker::Create(probe, model));
  const ProbeSpec& spec = probe.spec();
  const int64_t positions = model.decoder.config().max_positions;
  const int64_t room = std::max<int64_t>(1, positions - spec.max_new_tokens);
  TokenRows prompts;
  for (const ProbeAnswer& context : contexts) {
    std::vector<int64_t>& prompt = prompts.emplace_back(asker.Prompt(context.context));
    const int64_t excess = std::max<int64_t>(0, std::ssize(prompt) - room);
    prompt.erase(prompt.begin(), prompt.begin() + excess);  // the question is at the end
  }
  const AnswerForm form = asker.answer_form();
  AnswerForm ends = form;
  ends.stop_texts.insert(ends.stop_texts.end(), spec.until.begin(), spec.until.end());
  models::GenerationOptions options = AnswerOptions(model.tokenizer, ends);
  options.max_new_tokens = spec.max_new_tokens;
  BENCH_ASSIGN_OR_RETURN(const std::vector<models::Generation> generations,
                         GenerateAnswers(model.decoder, prompts, options, nullptr));
  std::vector<std::string> texts;
  for (const models::Generation& generation : generations) {
    // What a template puts before an answer is taken off first.
    texts.push_back(CutAtStop(form.Text(model.tokenizer, generation.tokens), spec.until));
  }
  return texts;
}

absl::StatusOr<ProbeFindings> AskGenerate(const Probe& probe, const ProbeModel& model) {
  ProbeFindings findings;
  findings.answers = Contexts(probe);
  BENCH_ASSIGN_OR_RETURN(const std::vector<std::string> texts,
                         Generated(probe, model, findings.answers));
  std::vector<bool> exact, unmatched;
  ChrfScore chrf;
  for (size_t d = 0; d < texts.size(); ++d) {
    const std::vector<std::string>& targets = probe.documents()[d].targets;
    const std::optional<std::string> filtered = probe.filters().Apply(texts[d]);
    ProbeAnswer& answer = findings.answers[d];
    answer.answer = filtered.value_or("");
    const auto found = std::find_if(targets.begin(), targets.end(), [&](const std::string& target) {
      return filtered && ExactMatch(*filtered, target);
    });
    answer.right = found != targets.end();
    answer.target = answer.right ? *found : targets[0];
    exact.push_back(answer.right);
    unmatched.push_back(!filtered);
    chrf.Add(answer.answer, targets[0]);
  }
  AddProportion(results::kExactMatch, exact, probe, findings);
  Add(results::kChrf, chrf.Value(), probe, findings);
  Add(results::kUnmatchedAnswers, Fraction(unmatched), probe, findings);
  return findings;
}

// As Python's re.split(r"\s+", text) counts them.
int64_t NumWords(std::string_view text) {
  int64_t gaps = 0;
  while (!text.empty()) {
    const size_t gap = LeadingWhitespaceBytes(text);
    gaps += gap > 0 ? 1 : 0;
    text.remove_prefix(gap);
    while (!text.empty() && LeadingWhitespaceBytes(text) == 0) text.remove_prefix(1);
  }
  return gaps + 1;
}

absl::StatusOr<ProbeFindings> AskRolling(const Probe& probe, const ProbeModel& model) {
  ProbeFindings findings;
  std::vector<EncodedPair> windows;
  std::vector<size_t> text_of;
  int64_t num_bytes = 0, num_words = 0, num_tokens = 0;
  for (size_t d = 0; d < probe.documents().size(); ++d) {
    const std::string& text = probe.documents()[d].input;
    findings.answers.emplace_back().target = text;
    num_bytes += std::ssize(text);
    num_words += NumWords(text);
    for (EncodedPair& window :
         RollingWindows(model.tokenizer, text, model.decoder.config().max_positions)) {
      num_tokens += std::ssize(window.continuation);
      windows.push_back(std::move(window));
      text_of.push_back(d);
    }
  }
  BENCH_ASSIGN_OR_RETURN(const std::vector<ContinuationScore> scores,
                         ScoreContinuations(model.decoder, windows));
  double nll = 0;
  for (size_t w = 0; w < scores.size(); ++w) {
    findings.answers[text_of[w]].log_prob += scores[w].log_prob;
    nll -= scores[w].log_prob;
  }
  Add(results::kEvalLoss, nll / static_cast<double>(num_tokens), probe, findings);
  Add(results::kBitsPerByte, nll / (std::numbers::ln2 * static_cast<double>(num_bytes)), probe,
      findings);
  Add(results::kWordPerplexity, std::exp(nll / static_cast<double>(num_words)), probe, findings);
  return findings;
}

// In the order of ProbeRequest.
constexpr std::array kRequests = {&AskLogLikelihood, &AskChoice, &AskGenerate, &AskRolling};
static_assert(kRequests.size() == EnumNames(ProbeRequest{}).size());

// Most tokens that a decoder reads behind a prompt of the probe: the last one is only predicted.
absl::StatusOr<int64_t> NumReadBehindPrompt(const Probe& probe, const ProbeModel& model) {
  const ProbeSpec& spec = probe.spec();
  if (spec.request == ProbeRequest::kGenerate) return spec.max_new_tokens;
  BENCH_ASSIGN_OR_RETURN(const Asker asker, Asker::Create(probe, model));
  int64_t longest = 1;
  for (const ProbeDocument& document : probe.documents()) {
    const bool chooses = spec.request == ProbeRequest::kChoice;
    for (const std::string& text : chooses ? document.choices : document.targets) {
      longest = std::max(longest, std::ssize(asker.Pair("", text).continuation));
    }
  }
  return longest - 1;
}

}  // namespace

absl::Status CheckRequest(const Probe& probe, const ProbeModel& model) {
  if (!NeedsMarks(model)) return absl::OkStatus();
  const models::DecoderConfig& config = model.decoder.config();
  const std::string refusal = absl::StrCat(
      "probe \"", probe.spec().name, "\": every row of family ",
      internal::View(models::EntryOf(config.family).name),
      " needs [gMASK] and the beginning of sequence, which a prompt template alone writes: ");
  if (probe.spec().request == ProbeRequest::kRolling) {
    return UsageError(
        absl::StrCat(refusal, "leave out the probe, a rolling request has no prompt"));
  }
  if (!probe.spec().apply_template) {
    return UsageError(absl::StrCat(refusal, "set apply_template = true"));
  }
  BENCH_ASSIGN_OR_RETURN(const int64_t num_behind, NumReadBehindPrompt(probe, model));
  // Of what is too long the beginning is left out, and then the marks must not be.
  const int64_t num_marks = std::ssize(RowOf(model.prompt_template).tail);
  if (num_marks + num_behind <= config.max_positions) return absl::OkStatus();
  return UsageError(absl::StrCat(refusal, "there is no place for them before ", num_behind,
                                 " tokens of an answer in ", config.max_positions,
                                 " positions, ask for shorter ones"));
}

absl::StatusOr<ProbeFindings> AskProbe(const Probe& probe, const ProbeModel& model) {
  return kRequests[static_cast<size_t>(probe.spec().request)](probe, model);
}

}  // namespace bench::harness
