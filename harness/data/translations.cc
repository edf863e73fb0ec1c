#include "harness/data/translations.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/script_similarity.h"
#include "harness/data/translation_text.h"
#include "harness/data/translation_wordings.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

// What becomes of a pair that gives no example, besides MessageDrop.
constexpr std::string_view kUntranslated = "untranslated";
constexpr std::string_view kTooLong = "too_long";
constexpr std::string_view kIdentical = "identical";
constexpr std::string_view kReworded = "reworded";
constexpr std::string_view kDuplicate = "duplicate";
constexpr std::string_view kContradictory = "contradictory";

constexpr std::string_view kScriptTask = kTranslationTasks[0];

struct KeptMessage {
  std::string source;
  TranslatedMessage text;
};

// All pairs of one task that have the same input: outputs, each with the sources that gave it.
using Outputs = std::map<std::string, std::vector<std::string>>;

struct ChosenOutput {
  std::string output;
  std::string source;
};

struct PlacedExample {
  uint64_t order = 0;
  std::string input;
  SftExample example;
};

TranslatedMessage MessageOf(const CatalogueRecord& record) {
  const auto text = [&](const char* language) {
    const auto found = record.translations.find(language);
    return found == record.translations.end() ? std::string() : found->second;
  };
  return CleanMessage({record.english, text("zh_CN"), text("zh_TW")});
}

TranslationPair PairOf(const TranslatedMessage& message, std::string_view task) {
  if (task == kScriptTask) return {task, message.traditional, message.simplified};
  if (task == "en_zh") return {task, message.english, message.simplified};
  return {task, message.simplified, message.english};
}

std::string DrawText(const TranslationPair& pair) {
  return absl::StrCat(internal::View(pair.task), "\x1f", pair.input);
}

class Builder {
 public:
  Builder(const TranslationsSpec& spec, ScriptConverter converter)
      : spec_(spec), converter_(std::move(converter)) {}

  absl::Status AddSource(const SourceMessages& source) {
    for (const CatalogueRecord& record : source.records) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      TranslatedMessage message = MessageOf(record);
      if (const auto reason = DropReason(message)) {
        CountDropOfAllTasks(source.source, Name(*reason));
      } else if (message.simplified.empty() && message.traditional.empty()) {
        CountDropOfAllTasks(source.source, kUntranslated);
      } else {
        messages_.push_back({source.source, std::move(message)});
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Translations> Build() {
    std::vector<TranslatedMessage> texts;
    for (const KeptMessage& message : messages_) texts.push_back(message.text);
    TranslationSplit split(texts, spec_.parts);
    for (const std::string_view task : kTranslationTasks) {
      BENCH_RETURN_IF_ERROR(PlaceTask(task, split));
    }
    return Finish(split.summary());
  }

 private:
  absl::Status PlaceTask(std::string_view task, TranslationSplit& split) {
    std::map<std::string, Outputs> outputs_of;
    for (const KeptMessage& message : messages_) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      TranslationPair pair = PairOf(message.text, task);
      if (const auto reason = PairDrop(pair)) {
        CountDrop(message.source, task, *reason);
      } else {
        outputs_of[pair.input][pair.output].push_back(message.source);
      }
    }
    for (const auto& [input, outputs] : outputs_of) {
      BENCH_RETURN_IF_ERROR(CheckNotStopped());
      const ChosenOutput chosen = MostFrequent(task, outputs);
      Place({task, input, chosen.output}, chosen.source, split);
    }
    return absl::OkStatus();
  }

  std::optional<std::string_view> PairDrop(const TranslationPair& pair) const {
    if (pair.input.empty() || pair.output.empty()) return kUntranslated;
    if (NumCharacters(pair.input) > spec_.max_characters) return kTooLong;
    if (NumCharacters(pair.output) > spec_.max_characters) return kTooLong;
    if (pair.task == kScriptTask) return Reworded(pair);
    // In the script task equal texts are examples of text that is the same in both scripts.
    if (pair.input == pair.output) return kIdentical;
    return std::nullopt;
  }

  std::optional<std::string_view> Reworded(const TranslationPair& pair) const {
    if (spec_.min_script_similarity == 0) return std::nullopt;
    const double similarity = converter_.Similarity(pair.input, pair.output);
    return similarity < spec_.min_script_similarity ? std::optional(kReworded) : std::nullopt;
  }

  // The output to keep, counted under the first of its sources by name; all others are drops.
  ChosenOutput MostFrequent(std::string_view task, const Outputs& outputs) {
    const auto best = std::max_element(outputs.begin(), outputs.end(), [](auto& a, auto& b) {
      return a.second.size() < b.second.size();
    });
    for (const auto& [output, sources] : outputs) {
      if (output != best->first) {
        for (const std::string& source : sources) CountDrop(source, task, kContradictory);
      }
    }
    std::vector<std::string> sources = best->second;
    std::sort(sources.begin(), sources.end());
    for (size_t i = 1; i < sources.size(); ++i) CountDrop(sources[i], task, kDuplicate);
    return {best->first, sources.front()};
  }

  void Place(const TranslationPair& pair, const std::string& source, TranslationSplit& split) {
    const size_t part = split.PartOf(pair.input);
    const std::string draw = DrawText(pair);
    ++counts_[{source, pair.task, part}];
    parts_[part].push_back(
        {HashDraw("order", draw), pair.input, WordExample(pair, HashDraw("wording", draw))});
  }

  void CountDrop(const std::string& source, std::string_view task, std::string_view reason) {
    ++drops_[{source, task, reason}];
  }

  void CountDropOfAllTasks(const std::string& source, std::string_view reason) {
    for (const std::string_view task : kTranslationTasks) CountDrop(source, task, reason);
  }

  absl::StatusOr<Translations> Finish(const ComponentSummary& components) {
    Translations result;
    result.components = components;
    for (size_t part = 0; part < parts_.size(); ++part) {
      result.parts[part] = {kTranslationParts[part], InOrder(parts_[part])};
    }
    if (result.parts[0].examples.empty()) {
      return DataError(
          "no translations are left for the part sft: add sources or raise max_characters");
    }
    for (const auto& [key, count] : counts_) {
      const auto& [source, task, part] = key;
      result.counts.push_back({source, task, kTranslationParts[part], count});
    }
    for (const auto& [key, count] : drops_) {
      const auto& [source, task, reason] = key;
      result.drops.push_back({source, task, reason, count});
    }
    return result;
  }

  static std::vector<SftExample> InOrder(std::vector<PlacedExample>& placed) {
    std::sort(placed.begin(), placed.end(), [](const PlacedExample& a, const PlacedExample& b) {
      return std::tie(a.order, a.example.task, a.input) <
             std::tie(b.order, b.example.task, b.input);
    });
    std::vector<SftExample> examples;
    for (PlacedExample& place : placed) examples.push_back(std::move(place.example));
    return examples;
  }

  const TranslationsSpec& spec_;
  ScriptConverter converter_;
  std::vector<KeptMessage> messages_;
  std::map<std::tuple<std::string, std::string_view, size_t>, int64_t> counts_;
  std::map<std::tuple<std::string, std::string_view, std::string_view>, int64_t> drops_;
  std::array<std::vector<PlacedExample>, kTranslationParts.size()> parts_;
};

}  // namespace

absl::StatusOr<Translations> BuildTranslations(const std::vector<SourceMessages>& sources,
                                               const TranslationsSpec& spec) {
  BENCH_ASSIGN_OR_RETURN(ScriptConverter converter, ScriptConverter::Create());
  Builder builder(spec, std::move(converter));
  for (const SourceMessages& source : sources) {
    BENCH_RETURN_IF_ERROR(builder.AddSource(source));
  }
  return builder.Build();
}

}  // namespace bench::harness
