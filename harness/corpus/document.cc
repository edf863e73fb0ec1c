#include "harness/corpus/document.h"

#include "absl/strings/str_cat.h"

namespace bench::corpus {

std::string DocumentId(std::string_view relative_path, int64_t record) {
  return absl::StrCat(std::string(relative_path), "#", record);
}

Digest128 ContentDigest(const Document& document) { return DigestOf(document.text); }

Digest128 IdDigest(const Document& document) {
  std::string name = document.source;
  name.push_back('\0');
  name += document.id;
  return DigestOf(name);
}

}  // namespace bench::corpus
