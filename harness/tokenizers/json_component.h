// One object of a configuration file, read by named fields: what is missing, of another type or
// unknown is a DataError "PATH: reason", PATH being the object's place in the file.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace bench::harness {

class JsonComponent {
 public:
  // `json` must outlive the component.
  static absl::StatusOr<JsonComponent> Of(const nlohmann::json& json, std::string path);

  const std::string& path() const { return path_; }
  // "path.key"
  std::string PathOf(std::string_view key) const;
  // nullptr where the field is absent or null.
  const nlohmann::json* Find(std::string_view key) const;

  absl::StatusOr<std::string> Text(std::string_view key) const;
  absl::StatusOr<int64_t> Integer(std::string_view key) const;
  // `otherwise` where the field is absent or null.
  absl::StatusOr<bool> Flag(std::string_view key, bool otherwise) const;
  absl::StatusOr<const nlohmann::json*> Array(std::string_view key) const;
  absl::StatusOr<const nlohmann::json*> Object(std::string_view key) const;

  // Refuses a field that none of `known` names.
  absl::Status CheckKeys(std::span<const std::string_view> known) const;
  // Refuses a field that is set to anything but null, false or "".
  absl::Status CheckUnset(std::string_view key) const;
  absl::Status Error(std::string_view reason) const;

 private:
  JsonComponent(const nlohmann::json& json, std::string path)
      : json_(&json), path_(std::move(path)) {}

  const nlohmann::json* json_;
  std::string path_;
};

}  // namespace bench::harness
