#include "harness/definition/corpus_steps.h"

#include "harness/definition/field.h"

namespace bench::harness {

void Describe(ShingleParameters& spec, FieldList& fields) {
  fields.Leaf(
      "ngram_words", spec.ngram_words,
      {.doc = "length of an n-gram of words", .units = "words", .bounds = Between(1, 1000)});
  fields.Leaf("ngram_characters", spec.ngram_characters,
              {.doc = "length of an n-gram of characters, in text without spaces",
               .units = "characters",
               .bounds = Between(1, 1000)});
}

void Describe(ExactSpec& spec, FieldList& fields) {
  fields.Leaf("enabled", spec.enabled,
              {.doc = "of documents with one text the one with the smallest id digest is kept"});
}

void Describe(NearSpec& spec, FieldList& fields) {
  fields.Leaf("enabled", spec.enabled,
              {.doc = "of near-duplicates (MinHash LSH) the smallest content digest is kept"});
  Describe(spec.minhash.shingles, fields);
  fields.Leaf("num_bands", spec.minhash.num_bands,
              {.doc = "bands; one of them equal makes two documents near-duplicates",
               .bounds = Between(1, 1024)});
  fields.Leaf("rows_per_band", spec.minhash.rows_per_band,
              {.doc = "minima in a band", .bounds = Between(1, 1024)});
  fields.Leaf("seed", spec.minhash.seed, {.doc = "of the permutations", .bounds = AtLeast(0)});
  fields.Leaf("preset", spec.minhash.preset,
              {.doc = "datatrove: words, hashes and permutations of datatrove 0.10, for English; "
                      "it finds the same clusters"});
}

void Describe(ParagraphSpec& spec, FieldList& fields) {
  fields.Leaf("enabled", spec.enabled,
              {.doc = "a line that stands in several places is kept in one of them (CCNet)"});
}

void Describe(SubstringSpec& spec, FieldList& fields) {
  fields.Leaf("enabled", spec.enabled,
              {.doc = "a long string that stands in several places is kept in one of them"});
  fields.Leaf("min_bytes", spec.min_bytes,
              {.doc = "shorter repeats stay", .units = "bytes", .bounds = Between(16, 1 << 20)});
}

void Describe(PiiParameters& spec, FieldList& fields) {
  fields.Leaf("mask_emails", spec.mask_emails, {.doc = "e-mail addresses are replaced"});
  fields.Leaf("mask_ip_addresses", spec.mask_ip_addresses,
              {.doc = "public IP addresses are replaced"});
  fields.Leaf("mask_phone_numbers", spec.mask_phone_numbers,
              {.doc = "telephone numbers are replaced"});
  fields.Leaf("email_replacement", spec.email_replacement, {.doc = "stands for an e-mail address"});
  fields.Leaf("ipv4_replacement", spec.ipv4_replacement, {.doc = "stands for an IPv4 address"});
  fields.Leaf("ipv6_replacement", spec.ipv6_replacement, {.doc = "stands for an IPv6 address"});
  fields.Leaf("phone_replacement", spec.phone_replacement, {.doc = "stands for a number"});
  fields.Leaf("rule", spec.rule,
              {.doc = "context (recommended): the words around it decide too, so that a version or "
                      "a section is no IP address; form: its form alone"});
}

void Describe(DecontaminationSpec& spec, FieldList& fields) {
  fields.Leaf("action", spec.action,
              {.doc = "what happens to a document that shares an n-gram with an evaluation text"});
  Describe(spec.shingles, fields);
}

}  // namespace bench::harness
