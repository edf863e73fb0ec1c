#include "harness/tokenizers/json_component.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"

namespace bench::harness {

using Json = nlohmann::json;

absl::StatusOr<JsonComponent> JsonComponent::Of(const Json& json, std::string path) {
  if (!json.is_object()) return DataError(absl::StrCat(path, ": not an object"));
  return JsonComponent(json, std::move(path));
}

std::string JsonComponent::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : absl::StrCat(path_, ".", std::string(key));
}

const Json* JsonComponent::Find(std::string_view key) const {
  const auto found = json_->find(std::string(key));
  return found == json_->end() || found->is_null() ? nullptr : &*found;
}

absl::StatusOr<std::string> JsonComponent::Text(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr || !value->is_string()) {
    return DataError(absl::StrCat(PathOf(key), ": missing, or not a string"));
  }
  return value->get<std::string>();
}

absl::StatusOr<int64_t> JsonComponent::Integer(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr || !value->is_number_integer()) {
    return DataError(absl::StrCat(PathOf(key), ": missing, or not an integer"));
  }
  return value->get<int64_t>();
}

absl::StatusOr<bool> JsonComponent::Flag(std::string_view key, bool otherwise) const {
  const Json* value = Find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) return DataError(absl::StrCat(PathOf(key), ": not true or false"));
  return value->get<bool>();
}

absl::StatusOr<const Json*> JsonComponent::Array(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr || !value->is_array()) {
    return DataError(absl::StrCat(PathOf(key), ": missing, or not an array"));
  }
  return value;
}

absl::StatusOr<const Json*> JsonComponent::Object(std::string_view key) const {
  const Json* value = Find(key);
  if (value == nullptr || !value->is_object()) {
    return DataError(absl::StrCat(PathOf(key), ": missing, or not an object"));
  }
  return value;
}

absl::Status JsonComponent::CheckKeys(std::span<const std::string_view> known) const {
  for (const auto& [key, value] : json_->items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return Error(absl::StrCat("the field ", QuotedForMessage(key), " is not supported"));
  }
  return absl::OkStatus();
}

absl::Status JsonComponent::CheckUnset(std::string_view key) const {
  const Json* value = Find(key);
  const bool unset = value == nullptr || *value == false ||
                     (value->is_string() && value->get_ref<const std::string&>().empty());
  if (unset) return absl::OkStatus();
  return Error(absl::StrCat(std::string(key), " is not supported"));
}

absl::Status JsonComponent::Error(std::string_view reason) const {
  return DataError(path_.empty() ? std::string(reason)
                                 : absl::StrCat(path_, ": ", std::string(reason)));
}

}  // namespace bench::harness
