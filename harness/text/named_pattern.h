// A regular expression whose groups have names, in Python's or ICU's writing: (?P<name>...) or
// (?<name>...), names of letters, digits and underscores.
//
// Searches a line; what a group has is text. Bounded: a match that takes longer than a second of
// ICU's steps, or a stack of more than 8 MiB, is an error, not a hang.
// Errors: UsageError for a pattern that is none, with the place and ICU's reason; DataError for a
// line on which the match gave up.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::harness {

class NamedPattern {
 public:
  static absl::StatusOr<NamedPattern> Compile(const std::string& pattern);
  NamedPattern(NamedPattern&& other) noexcept;
  NamedPattern& operator=(NamedPattern&& other) noexcept;
  ~NamedPattern();

  // The named groups of the first match, those that took part in it; absent: there is no match.
  // Bytes that are no UTF-8 count as U+FFFD (ICU replaces them).
  using Groups = std::map<std::string, std::string>;
  absl::StatusOr<std::optional<Groups>> Search(std::string_view line);

  const std::map<std::string, int32_t>& names() const { return names_; }

 private:
  struct Compiled;
  NamedPattern(std::unique_ptr<Compiled> compiled, std::map<std::string, int32_t> names);

  std::unique_ptr<Compiled> compiled_;
  std::map<std::string, int32_t> names_;  // name -> number of its group
};

}  // namespace bench::harness
