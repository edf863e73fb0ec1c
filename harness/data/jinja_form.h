// What a Jinja template says, apart from how it is laid out: two templates of one form render the
// same text from the same values, under the settings of transformers (trim_blocks, lstrip_blocks).
//
// White space control is carried out, comments are dropped, white space inside tags does not count,
// a string is what it holds, whichever quotes or escapes write it. Nothing else is rearranged: two
// forms may differ and still mean the same. Source: Jinja 3.1, lexer.py.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bench::harness {

// Texts and the tokens of tags, in order; nullopt for a template that has no such form here (raw
// blocks, braces inside a tag, a tag or string that does not end).
std::optional<std::vector<std::string>> JinjaForm(std::string_view source);

}  // namespace bench::harness
