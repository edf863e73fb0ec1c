#include "harness/definition/corpus_spec.h"

#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

void DescribeInput(CorpusSpec& spec, FieldList& table) {
  table.Leaf("sources", spec.sources,
             {.doc = "data source manifests, experiments/data/NAME.toml", .role = TextRole::kName});
  table.Leaf("path", spec.path,
             {.doc = "your own folder of files, beside or instead of sources",
              .role = TextRole::kUserPath});
  table.Leaf("languages", spec.languages,
             {.doc = "codes of CLD2 (\"en\", \"zh\", \"zh-Hant\") that are kept; empty: all"});
  table.Leaf("min_joined_characters", spec.min_joined_characters,
             {.doc = "short records (messages, glosses) are joined into documents of at least so "
                     "many",
              .units = "characters",
              .bounds = Between(1, 1e6)});
  table.Leaf("min_characters", spec.min_characters,
             {.doc = "a shorter document is removed in the end",
              .units = "characters",
              .bounds = Between(1, 1e9)});
  table.Leaf("max_document_bytes", spec.max_document_bytes,
             {.doc = "a longer file, or record of one, is invalid",
              .units = "bytes",
              .bounds = Between(1, 1 << 30)});
  table.Leaf("on_invalid", spec.on_invalid,
             {.doc = "skip: an invalid document is named and kept aside; error: it ends the run"});
  table.Leaf(
      "max_skipped_share", spec.max_skipped_share,
      {.doc = "more than this fraction invalid, of a file of JSON lines or of all files of path, "
              "ends the run",
       .bounds = Between(0, 1)});
}

void DescribeWork(CorpusSpec& spec, FieldList& table) {
  table.Leaf("held_out_fraction", spec.held_out_fraction,
             {.doc = "of the documents, by a hash of their text: the part \"validation\"",
              .bounds = AboveUpTo(0, 0.5)});
  table.Leaf("num_shards", spec.num_shards,
             {.doc = "parts of the work, at least; the result does not depend on it",
              .bounds = Between(1, 256)});
  table.Leaf("budget_mib", spec.budget_mib,
             {.doc = "memory of the work of a rank, beyond the program itself; what does not fit "
                     "goes to disk. The result does not depend on it",
              .units = "MiB",
              .bounds = Between(1, 1 << 20)});
  table.Leaf("split_mib", spec.split_mib,
             {.doc = "a larger file of JSON lines is read in parts of so much, by several threads "
                     "and ranks. The result does not depend on it",
              .units = "MiB",
              .bounds = Between(1, 1 << 20)});
}

void ValidateSources(const CorpusSpec& spec, const Violations& here) {
  if (spec.sources.empty() && !spec.path) {
    here.Add("sources", "needs sources = [\"NAME\", ...] or path = \"...\"");
  }
  std::set<std::string> seen;
  for (const std::string& source : spec.sources) {
    if (!seen.insert(source).second) here.Add("sources", absl::StrCat(source, " is named twice"));
  }
}

void ValidateSeed(const MinHashParameters& spec, const Violations& here) {
  constexpr int64_t kMaxSeed = std::numeric_limits<uint32_t>::max();
  if (spec.preset != MinHashPreset::kDatatrove || spec.seed <= kMaxSeed) return;
  here.Add("near.seed", absl::StrCat(spec.seed, " is more than ", kMaxSeed,
                                     ", the greatest seed of datatrove's generator"));
}

void ValidateDeduplication(const CorpusSpec& spec, const Violations& here) {
  if (spec.exact.enabled ||
      !(spec.near.enabled || spec.paragraphs.enabled || spec.substrings.enabled)) {
    return;
  }
  here.Add("exact.enabled",
           "the other deduplications need it: to them documents of one text are one document");
}

}  // namespace

void Describe(ExcludeSpec& spec, FieldList& fields) {
  fields.Leaf("dataset", spec.dataset,
              {.doc = "experiment whose texts are evaluated on, and so are not trained on"});
  fields.Leaf("parts", spec.parts,
              {.doc = "parts of the data set whose texts these are", .role = TextRole::kName});
}

void Describe(CorpusSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("corpus", "");
  DescribeInput(spec, table);
  DescribeWork(spec, table);
  table.Table("exclude", spec.exclude, "texts that must not be trained on");
  table.Table("gopher_repetition", spec.gopher_repetition, "filter, in this order");
  table.Table("gopher_quality", spec.gopher_quality, "filter");
  table.Table("c4", spec.c4, "filter of lines and documents");
  table.Table("fineweb", spec.fineweb, "filter");
  table.Table("exact", spec.exact, "deduplication of equal documents");
  table.Table("near", spec.near, "deduplication of similar documents");
  table.Table("paragraphs", spec.paragraphs, "deduplication of lines");
  table.Table("substrings", spec.substrings, "deduplication of long byte strings");
  table.Table("pii", spec.pii, "masking of personal data");
  table.Table("decontamination", spec.decontamination, "against exclude.dataset");
  fields.Table("tokenizer", spec.tokenizer, "exactly one of the two");
}

void Validate(const CorpusSpec& spec, const Violations& violations) {
  const Violations here = violations.In("corpus");
  ValidateSources(spec, here);
  ValidateDeduplication(spec, here);
  ValidateSeed(spec.near.minhash, here);
  Validate(spec.gopher_quality, here.In("gopher_quality"));
  constexpr size_t kMaxParts = 64;  // bits of a mask
  if (spec.exclude.parts.empty() || spec.exclude.parts.size() > kMaxParts) {
    here.Add("exclude.parts", absl::StrCat("needs 1 to ", kMaxParts, " parts"));
  }
  Validate(spec.tokenizer, violations.In("tokenizer"));
}

}  // namespace bench::harness
