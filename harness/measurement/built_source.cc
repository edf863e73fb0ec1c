#include "harness/measurement/built_source.h"

#include <string_view>

#include "absl/strings/str_cat.h"

namespace bench::harness {
namespace {

constexpr std::string_view kPlain =
    " !#$%&'()*+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~";

// Three octal digits always: a digit that follows does not join them.
std::string Escaped(unsigned char c) {
  return {'\\', static_cast<char>('0' + c / 64), static_cast<char>('0' + c / 8 % 8),
          static_cast<char>('0' + c % 8)};
}

// A literal for each line; "?" is escaped, so that nothing is a trigraph.
std::string Literal(const std::string& text) {
  std::string code = "\"";
  code.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      code += c;
    } else {
      code += Escaped(static_cast<unsigned char>(c));
      if (c == '\n') code += "\"\n      \"";
    }
  }
  return code + "\"";
}

std::string Code(const std::optional<std::string>& text) {
  if (!text) return "std::nullopt";
  return absl::StrCat("std::string(", Literal(*text), ", ", text->size(), ")");
}

std::string Code(const std::optional<bool>& flag) {
  return flag ? *flag ? "true" : "false" : "std::nullopt";
}

}  // namespace

std::string EmbeddedSourceCode(const BuiltSource& source) {
  const SourceState& state = source.state;
  return absl::StrCat(
      "// Generated at each build; see harness/measurement/built_source.h.\n"
      "#include \"harness/measurement/built_source.h\"\n\n"
      "bench::harness::BuiltSource bench::harness::EmbeddedSource() {\n"
      "  return {{.commit = ",
      Code(state.commit), ",\n           .dirty = ", Code(state.dirty),
      ",\n           .diff = ", Code(state.diff),
      ",\n           .untracked = ", Code(state.untracked), "},\n          ",
      Code(source.changed_in_build), "};\n}\n");
}

}  // namespace bench::harness
