// SHA-256 (FIPS 180-4, through libcrypto), as lower-case hexadecimal.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench {

// Incremental digest. Update after HexDigest is not allowed.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(std::string_view bytes);
  std::string HexDigest();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string Sha256Hex(std::string_view bytes);

// Whether `text` has the form of a digest: 64 lower-case hexadecimal digits.
bool IsSha256(std::string_view text);

// Digest of a file's bytes, read in blocks.
absl::StatusOr<std::string> Sha256File(const std::string& path);

}  // namespace bench
