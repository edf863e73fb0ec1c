#include "harness/run/shared_start.h"

#include "base/json.h"
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

}  // namespace bench::harness
