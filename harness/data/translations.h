// The SFT set made of human translations: gettext messages with a Simplified (zh_CN) and a
// Traditional (zh_TW) Chinese text, as Alpaca examples of three tasks (zh_hant_zh_hans, en_zh,
// zh_en).
//
// 1. Texts are cleaned (translation_text.h): keyboard accelerators and outer white space go.
// Messages
//    that teach nothing are dropped, each under one reason: translator credits, several lines,
//    markup, context prefixes, nothing but format directives, no Chinese.
// 2. A message gives a pair a task. Dropped: a side over max_characters, output equal to input
//    (but for the script task), Traditional and Simplified texts that are reworded
//    (script_similarity.h), repeats of a pair, and of several outputs for one input all but the
//    most frequent (ties: the smallest in byte order).
// 3. Messages that share a text in any language, compared by FoldText, form components
// (union-find).
//    A component goes to the part that the SHA-256 of its smallest folded text falls in; the
//    largest goes to "sft". So no two parts share a text in any language, role or task.
// 4. A pair becomes one example; its wording (Chinese or English; with input, or with the text
// inside
//    the instruction) and its place in the part are drawn by SHA-256 of task and input.
// The result is a function of the set of records: not of the order of files, sources or records.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/alpaca.h"
#include "harness/data/source.h"
#include "harness/data/translation_split.h"
#include "harness/definition/translations_spec.h"

namespace bench::harness {

inline constexpr std::array<std::string_view, 5> kTranslationParts = {"sft", "reward", "ppo",
                                                                      "validation", "test"};
inline constexpr std::array<std::string_view, 3> kTranslationTasks = {"zh_hant_zh_hans", "en_zh",
                                                                      "zh_en"};

struct SourceMessages {
  std::string source;
  std::vector<CatalogueRecord> records;
};

struct TranslationPart {
  std::string_view name;
  std::vector<SftExample> examples;
};

// Examples of one task in one part that come from one source.
struct TranslationCount {
  std::string source;
  std::string_view task;
  std::string_view part;
  int64_t count = 0;
};

// Pairs of one source and task that gave no example. For each source and task, examples and drops
// add up to the source's number of records.
struct DropCount {
  std::string source;
  std::string_view task;
  std::string_view reason;
  int64_t count = 0;
};

struct Translations {
  std::array<TranslationPart, 5> parts;  // in the order of kTranslationParts
  std::vector<TranslationCount> counts;  // only non-zero; sorted by source, task, part
  std::vector<DropCount> drops;          // only non-zero; sorted by source, task, reason
  ComponentSummary components;
};

// DataError if nothing is left for the part "sft"; StoppedError once a stop was asked for.
absl::StatusOr<Translations> BuildTranslations(const std::vector<SourceMessages>& sources,
                                               const TranslationsSpec& spec);

}  // namespace bench::harness
