#include "harness/data/statement_space.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::harness {
namespace {

using nlohmann::json;

constexpr char kFile[] = "statements.json";
constexpr char kFormat[] = "bench-statements";
// Numbers of two lists, at most eight bytes each with what is between them.
constexpr int64_t kMaxBytes = int64_t{2} * 16 * kMostStatements;
constexpr int64_t kMostTokens = int64_t{1} << 31;

std::string PathIn(const std::string& folder) { return absl::StrCat(folder, "/", kFile); }

// The numbers of the list `name`, which are in [0, bound).
absl::StatusOr<std::vector<int64_t>> NumbersOf(const json& list, const char* name, int64_t bound) {
  if (!list.is_array()) return DataError(absl::StrCat("\"", name, "\" is no list"));
  std::vector<int64_t> numbers;
  for (const json& item : list) {
    if (!item.is_number_unsigned() || item.get<uint64_t>() >= static_cast<uint64_t>(bound)) {
      return DataError(absl::StrCat("item ", numbers.size(), " of \"", name,
                                    "\" is no whole number below ", bound));
    }
    numbers.push_back(item.get<int64_t>());
  }
  return numbers;
}

absl::StatusOr<std::vector<int64_t>> Numbers(const json& document, const char* key, int64_t bound) {
  BENCH_ASSIGN_OR_RETURN(const json list, JsonMember<json>(document, key));
  return NumbersOf(list, key, bound);
}

absl::StatusOr<std::vector<TokenRange>> Places(const json& document) {
  BENCH_ASSIGN_OR_RETURN(const json list, JsonMember<json>(document, "places"));
  if (!list.is_array()) return DataError("\"places\" is no list");
  std::vector<TokenRange> places;
  for (const json& item : list) {
    BENCH_ASSIGN_OR_RETURN(const std::vector<int64_t> range,
                           NumbersOf(item, "places", kMostTokens));
    if (range.size() != 2 || range[1] == 0) return DataError("a place is no [first, count]");
    places.push_back({range[0], range[1]});
  }
  if (CanBeEnumerated(places)) return places;
  return DataError(
      absl::StrCat("\"places\" are none, or make more than ", kMostStatements, " statements"));
}

absl::StatusOr<StatementSpace> Parse(const std::string& text) {
  BENCH_ASSIGN_OR_RETURN(const json document, ParseJsonObject(text));
  if (JsonMember<std::string>(document, "format").value_or("") != kFormat ||
      JsonMember<int64_t>(document, "format_version").value_or(0) != 1) {
    return DataError("not a space of statements of format version 1");
  }
  StatementSpace space;
  BENCH_ASSIGN_OR_RETURN(space.begin, Numbers(document, "begin", kMostTokens));
  BENCH_ASSIGN_OR_RETURN(space.places, Places(document));
  BENCH_ASSIGN_OR_RETURN(space.true_statements, Numbers(document, "true", space.num_statements()));
  BENCH_ASSIGN_OR_RETURN(space.exposures, Numbers(document, "exposures", int64_t{1} << 53));
  const std::set<int64_t> different(space.true_statements.begin(), space.true_statements.end());
  if (different.empty() || different.size() != space.true_statements.size() ||
      space.exposures.size() != space.true_statements.size() || space.begin.empty()) {
    return DataError("has no beginning, no true statements, one of them twice, or other exposures");
  }
  return space;
}

}  // namespace

int64_t StatementSpace::num_statements() const {
  int64_t number = 1;
  for (const TokenRange& place : places) number *= place.count;
  return number;
}

bool CanBeEnumerated(const std::vector<TokenRange>& places) {
  int64_t number = 1;
  for (const TokenRange& place : places) {
    if (place.count > kMostStatements / number) return false;
    number *= place.count;
  }
  return !places.empty();
}

absl::Status WriteStatementSpace(const StatementSpace& space, const std::string& folder) {
  json places = json::array();
  for (const TokenRange& place : space.places)
    places.push_back(json::array({place.first, place.count}));
  const json document = {
      {"format", kFormat}, {"format_version", 1},           {"begin", space.begin},
      {"places", places},  {"true", space.true_statements}, {"exposures", space.exposures}};
  return PublishFile(PathIn(folder), document.dump() + "\n");
}

absl::StatusOr<StatementSpace> ReadStatementSpace(const std::string& folder) {
  const std::string path = PathIn(folder);
  if (!Exists(path)) {
    return UsageError(absl::StrCat(
        path,
        " is missing: the rows are no statements that can be enumerated (of grammar facts: "
        "exposures = \"draws\", targets = \"all\", no headers)"));
  }
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxBytes));
  auto space = Parse(text);
  if (!space.ok()) return Annotate(space.status(), path);
  return space;
}

}  // namespace bench::harness
