#include "harness/run/shared_start.h"

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "nlohmann/json.hpp"

namespace bench::harness {

std::string Format(const SharedStart& start) {
  nlohmann::json inputs = nlohmann::json::object();
  for (const auto& [role, artifact] : start.inputs) {
    inputs[role] = {{"digest", artifact.digest}, {"folder", artifact.folder}};
  }
  return nlohmann::json({{"complete", start.complete},
                         {"folder", start.folder},
                         {"inputs", inputs},
                         {"step", start.step},
                         {"device", start.device},
                         {"digests", start.digests},
                         {"tensors_sha256", start.tensors_sha256}})
      .dump();
}

SharedStart ParseStart(const std::string& text) {
  const nlohmann::json json = ParseJson(text).value();
  SharedStart start = {json.at("complete"),      json.at("folder"), {},
                       json.at("step"),          json.at("device"), json.at("digests"),
                       json.at("tensors_sha256")};
  for (const auto& [role, artifact] : json.at("inputs").items()) {
    start.inputs[role] = {artifact.at("digest"), artifact.at("folder")};
  }
  return start;
}

absl::Status CheckSameContent(const InputDigests& own, const SharedStart& start, int64_t rank) {
  for (const auto& [role, digest] : own) {
    const auto of_leader = start.digests.find(role);
    if (of_leader != start.digests.end() && of_leader->second == digest) continue;
    return UsageError(absl::StrCat(role, ": rank ", rank,
                                   " reads other content than rank 0: give all the same files"));
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
