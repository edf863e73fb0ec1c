// How far a Traditional and a Simplified Chinese text say the same in the same words.
//
//   similarity = 2 LCS(convert(traditional), simplified) / (|convert(traditional)| + |simplified|)
// in code points, LCS the length of their longest common subsequence and convert ICU's transform
// "Hant-Hans" (character by character, CLDR data). 1: a pure change of script; what two translators
// worded differently is low. Both empty: 1. Deterministic for one version of ICU.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::harness {

class ScriptConverter {
 public:
  // EnvironmentError where ICU was built without the transform.
  static absl::StatusOr<ScriptConverter> Create();
  ScriptConverter(ScriptConverter&&) noexcept;
  ScriptConverter& operator=(ScriptConverter&&) noexcept;
  ~ScriptConverter();

  std::string ToSimplified(std::string_view traditional) const;
  double Similarity(std::string_view traditional, std::string_view simplified) const;

 private:
  struct Transform;
  explicit ScriptConverter(std::unique_ptr<Transform> transform);
  std::unique_ptr<Transform> transform_;
};

}  // namespace bench::harness
