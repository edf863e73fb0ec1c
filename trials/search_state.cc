#include "trials/search_state.h"

#include <iterator>

#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "nlohmann/json.hpp"
#include "results/json_values.h"

namespace bench::trials {
namespace {

using Json = nlohmann::json;

absl::StatusOr<Json> ReadObject(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return ParseJsonObject(text, path);
}

absl::StatusOr<EndPair> PairFrom(const Json& json) {
  EndPair pair;
  BENCH_ASSIGN_OR_RETURN(pair.replicate, JsonMember<int64_t>(json, "replicate"));
  BENCH_ASSIGN_OR_RETURN(pair.good, JsonMember<double>(json, "good"));
  BENCH_ASSIGN_OR_RETURN(pair.bad, JsonMember<double>(json, "bad"));
  return pair;
}

absl::StatusOr<RecordedLook> LookFrom(const Json& json) {
  RecordedLook look;
  BENCH_ASSIGN_OR_RETURN(look.commit, JsonMember<std::string>(json, "commit"));
  BENCH_ASSIGN_OR_RETURN(look.pair, JsonMember<int64_t>(json, "pair"));
  BENCH_ASSIGN_OR_RETURN(look.values.good, JsonMember<double>(json, "good"));
  BENCH_ASSIGN_OR_RETURN(look.values.commit, JsonMember<double>(json, "value"));
  BENCH_ASSIGN_OR_RETURN(look.values.bad, JsonMember<double>(json, "bad"));
  return look;
}

}  // namespace

absl::Status SearchState::Load() {
  if (Exists(SkippedPath())) {
    BENCH_ASSIGN_OR_RETURN(const Json json, ReadObject(SkippedPath()));
    for (const auto& [commit, reason] : json.items()) {
      BENCH_ASSIGN_OR_RETURN(skipped_[commit], JsonMember<std::string>(json, commit.c_str()));
    }
  }
  if (!Exists(SearchPath())) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const Json json, ReadObject(SearchPath()));
  BENCH_ASSIGN_OR_RETURN(ends_.units, JsonMember<std::string>(json, "units"));
  BENCH_ASSIGN_OR_RETURN(ends_.verdict, JsonMember<std::string>(json, "verdict"));
  BENCH_ASSIGN_OR_RETURN(ends_.good, JsonMember<double>(json, "good"));
  BENCH_ASSIGN_OR_RETURN(ends_.bad, JsonMember<double>(json, "bad"));
  BENCH_ASSIGN_OR_RETURN(const int64_t exact, JsonMember<int64_t>(json, "exact"));
  exact_ = exact != 0;
  for (const Json& pair : json.value("pairs", Json::array())) {
    BENCH_ASSIGN_OR_RETURN(pairs_.emplace_back(), PairFrom(pair));
  }
  ends_.told_apart = true;
  ends_.num_pairs = std::ssize(pairs_);
  for (const Json& look : json.value("looks", Json::array())) {
    BENCH_ASSIGN_OR_RETURN(looks_.emplace_back(), LookFrom(look));
  }
  return absl::OkStatus();
}

absl::Status SearchState::Save() const {
  Json pairs = Json::array();
  for (const EndPair& pair : pairs_) {
    pairs.push_back({{"replicate", pair.replicate}, {"good", pair.good}, {"bad", pair.bad}});
  }
  Json looks = Json::array();
  for (const RecordedLook& look : looks_) {
    looks.push_back({{"commit", look.commit},
                     {"pair", look.pair},
                     {"good", look.values.good},
                     {"value", look.values.commit},
                     {"bad", look.values.bad}});
  }
  const Json json = {{"units", ends_.units}, {"verdict", ends_.verdict}, {"good", ends_.good},
                     {"bad", ends_.bad},     {"exact", exact_ ? 1 : 0},  {"pairs", pairs},
                     {"looks", looks}};
  return PublishFile(SearchPath(), results::DocumentText(json));
}

absl::Status SearchState::SetEnds(const BisectEnds& ends, std::vector<EndPair> pairs, bool exact) {
  ends_ = ends;
  pairs_ = std::move(pairs);
  exact_ = exact;
  return Save();
}

absl::Status SearchState::AddLook(const RecordedLook& look) {
  looks_.push_back(look);
  return Save();
}

absl::Status SearchState::Skip(const std::string& commit, const std::string& reason) {
  skipped_[commit] = reason;
  return PublishFile(SkippedPath(), results::DocumentText(Json(skipped_)));
}

}  // namespace bench::trials
