// The parameters of what follows the filters of a corpus: deduplication, masking of personal data,
// and the check against evaluation sets. What each does is in harness/corpus/<name>.h.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench::harness {

class FieldList;

// shingles.h
struct ShingleParameters {
  int64_t ngram_words = 5;
  int64_t ngram_characters = 8;  // of text without spaces between words
};

// Published: shingles.h and minhash.h. Datatrove: words, hashes and permutations of datatrove 0.10
// (datatrove_minhash.h), for English: the same clusters of documents.
enum class MinHashPreset { kPublished, kDatatrove };
constexpr std::array<std::string_view, 2> EnumNames(MinHashPreset) {
  return {"published", "datatrove"};
}

// minhash.h
struct MinHashParameters {
  ShingleParameters shingles;
  int64_t num_bands = 14;
  int64_t rows_per_band = 8;
  int64_t seed = 1;
  MinHashPreset preset = MinHashPreset::kPublished;
};

struct ExactSpec {
  bool enabled = true;
};

struct NearSpec {
  bool enabled = true;
  MinHashParameters minhash;
};

struct ParagraphSpec {
  bool enabled = false;
};

struct SubstringSpec {
  bool enabled = false;
  int64_t min_bytes = 200;
};

// What makes a mask hit: the form of the data alone, or its form and where it stands
// (pii_context.h).
enum class PiiRule { kForm, kContext };
constexpr std::array<std::string_view, 2> EnumNames(PiiRule) { return {"form", "context"}; }

// pii.h
struct PiiParameters {
  bool mask_emails = true;
  bool mask_ip_addresses = true;
  bool mask_phone_numbers = true;
  std::string email_replacement = "email@example.com";
  std::string ipv4_replacement = "192.0.2.1";
  std::string ipv6_replacement = "2001:db8::1";
  std::string phone_replacement = "555-0100";
  PiiRule rule = PiiRule::kForm;
};

enum class ContaminationAction { kRemove, kReport };
constexpr std::array<std::string_view, 2> EnumNames(ContaminationAction) {
  return {"remove", "report"};
}

// evaluation_texts.h. 20 Chinese characters are about 13 words.
struct DecontaminationSpec {
  ContaminationAction action = ContaminationAction::kRemove;
  ShingleParameters shingles = {.ngram_words = 13, .ngram_characters = 20};
};

void Describe(ShingleParameters& spec, FieldList& fields);
void Describe(ExactSpec& spec, FieldList& fields);
void Describe(NearSpec& spec, FieldList& fields);
void Describe(ParagraphSpec& spec, FieldList& fields);
void Describe(SubstringSpec& spec, FieldList& fields);
void Describe(PiiParameters& spec, FieldList& fields);
void Describe(DecontaminationSpec& spec, FieldList& fields);

}  // namespace bench::harness
