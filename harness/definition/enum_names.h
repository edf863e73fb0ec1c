// Names of enumerators as they are written in definitions.
//
// Beside each enumeration stands a function `EnumNames(E)` (found by argument-dependent lookup)
// with one name an enumerator, in order from 0. Past the parser only the enumerators are used.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace bench::harness {

template <typename E>
constexpr std::string_view Name(E value) {
  return EnumNames(E{})[static_cast<size_t>(value)];
}

template <typename E>
constexpr std::optional<E> FromName(std::string_view name) {
  constexpr auto names = EnumNames(E{});
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace bench::harness
