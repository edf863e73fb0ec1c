// How the rows of a user's file are written, and which of their fields make an example.
#pragma once

#include <array>
#include <string_view>

namespace bench::harness {

// kAuto: Parquet by its first bytes, CSV and TSV by the name's ending, JSON otherwise.
enum class DataFormat { kAuto, kJson, kCsv, kTsv, kParquet };
constexpr std::array<std::string_view, 5> EnumNames(DataFormat) {
  return {"auto", "json", "csv", "tsv", "parquet"};
}

// kAuto: by the fields of the first row.
enum class RecordLayout { kAuto, kAlpaca, kMessages, kConversations, kPromptCompletion };
constexpr std::array<std::string_view, 5> EnumNames(RecordLayout) {
  return {"auto", "alpaca", "messages", "conversations", "prompt_completion"};
}

// Which answers of a conversation are trained on.
enum class LossTurns { kAll, kLast };
constexpr std::array<std::string_view, 2> EnumNames(LossTurns) { return {"all", "last"}; }

}  // namespace bench::harness
