// Short records (quotations, glosses, messages) joined into documents, so that rules that count
// words and lines mean something.
//
// A document is complete when its records have at least `min_characters` code points together, so
// where one ends depends on the records before it in its file and on nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bench::corpus {

class RecordJoiner {
 public:
  // `separator` must outlive this.
  RecordJoiner(std::string_view separator, int64_t min_characters)
      : separator_(separator), min_characters_(min_characters) {}

  // The document that `record`, valid UTF-8 and not empty, completes.
  std::optional<std::string> Add(std::string_view record);
  // What is left, perhaps shorter; "" if nothing is.
  std::string TakeRest() { return Take(); }

 private:
  std::string Take();

  const std::string_view separator_;
  const int64_t min_characters_;
  std::string joined_;
  int64_t num_characters_ = 0;
};

}  // namespace bench::corpus
