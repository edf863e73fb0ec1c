#include "base/sha256.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/status.h"

namespace bench {
namespace {

// The examples that FIPS 180-4 and NIST's CAVP publish.
constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kEmpty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kTwoBlocks[] = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr char kMillionA[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, MatchesThePublishedExamples) {
  EXPECT_EQ(Sha256Hex(""), kEmpty);
  EXPECT_EQ(Sha256Hex("abc"), kAbc);
  EXPECT_EQ(Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), kTwoBlocks);
  EXPECT_EQ(Sha256Hex(std::string(1'000'000, 'a')), kMillionA);
}

TEST(Sha256, DoesNotDependOnHowTheBytesAreCut) {
  Sha256 sha;
  for (int i = 0; i < 10'000; ++i) sha.Update(std::string(100, 'a'));
  sha.Update("");
  EXPECT_EQ(sha.HexDigest(), kMillionA);
}

TEST(Sha256File, EqualsTheDigestOfTheBytes) {
  const std::string path = ::testing::TempDir() + "/sha256_test." + std::to_string(::getpid());
  const std::string bytes = std::string(1'000'000, 'a');
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_EQ(*Sha256File(path), kMillionA);
  std::ofstream(path, std::ios::binary) << "";
  EXPECT_EQ(*Sha256File(path), kEmpty);
}

TEST(Sha256File, MissingFileIsAnEnvironmentErrorNamingIt) {
  const absl::Status status = Sha256File("/no/such/file").status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_NE(status.message().find("/no/such/file"), absl::string_view::npos);
}

TEST(Sha256File, FolderIsAnError) { EXPECT_FALSE(Sha256File(::testing::TempDir()).ok()); }

TEST(IsSha256, TakesSixtyFourLowerCaseHexadecimalDigitsOnly) {
  const std::string digest = Sha256Hex("abc");
  EXPECT_TRUE(IsSha256(digest));
  EXPECT_FALSE(IsSha256(digest.substr(1)));
  EXPECT_FALSE(IsSha256(digest + "0"));
  EXPECT_FALSE(IsSha256("A" + digest.substr(1)));
  EXPECT_FALSE(IsSha256("/" + digest.substr(1)));
}

}  // namespace
}  // namespace bench
