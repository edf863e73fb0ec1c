// The names, in results, of what removes or shortens documents after the filters (filter_chain.h).
#pragma once

#include <string_view>

namespace bench::corpus {

inline constexpr std::string_view kExactStep = "exact_duplicates";
inline constexpr std::string_view kNearStep = "near_duplicates";
inline constexpr std::string_view kParagraphStep = "repeated_lines";
inline constexpr std::string_view kSubstringStep = "repeated_substrings";
inline constexpr std::string_view kDecontaminationStep = "decontamination";
inline constexpr std::string_view kPiiStep = "pii";
inline constexpr std::string_view kLengthStep = "length";

}  // namespace bench::corpus
