// A document of a pre-training corpus, and what identifies it.
//
// The id says where a document came from and never depends on the order, the shard or the machine
// it was read on: the path relative to the source's root, '#', and the number of the record in that
// file, from 1. Two digests follow from it and the text: IdDigest (of source, NUL, id) is unique in
// a corpus, ContentDigest is shared by exact duplicates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/corpus/digest.h"

namespace bench::corpus {

struct Document {
  std::string id;
  std::string text;      // valid UTF-8 in NFC, "\n" ends lines (unicode_text.h)
  std::string source;    // name of the data source
  std::string language;  // ISO 639 code of CLD2 ("en", "zh", "zh-Hant"), "un" if not known
  friend bool operator==(const Document&, const Document&) = default;

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(id, text, source, language);
  }
};

std::string DocumentId(std::string_view relative_path, int64_t record);

Digest128 ContentDigest(const Document& document);
Digest128 IdDigest(const Document& document);

}  // namespace bench::corpus
