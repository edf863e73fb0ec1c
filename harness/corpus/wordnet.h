// Definitions of WordNet's database as sentences.
//
// A line of data.noun, data.verb, data.adj or data.adv (wndb(5)) is
//   offset lex_filenum ss_type w_cnt word lex_id [word lex_id ...] p_cnt [pointers] | gloss
// with w_cnt in hexadecimal, '_' for a space in words and, for adjectives, a syntactic marker
// "(a)", "(p)" or "(ip)" behind the word. It becomes "word, word: gloss." Lines that begin with two
// spaces are the licence.
// Errors: DataError naming the line that is not of this form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace bench::corpus {

absl::StatusOr<std::vector<std::string>> WordNetDefinitions(std::string_view bytes);

}  // namespace bench::corpus
