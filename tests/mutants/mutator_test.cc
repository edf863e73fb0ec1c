#include "tests/mutants/mutator.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/mutants/runner.h"

namespace bench::mutants {
namespace {

const Corpus kCorpus{{"{\"length\":12,\"text\":\"abcdefgh\"}", std::string(300, 'z')}, {"{", "]"}};

TEST(Mutator, IsAFunctionOfItsSeed) {
  Mutator first(kCorpus, 7), again(kCorpus, 7), other(kCorpus, 8);
  int num_equal = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string mutant = first.Next();
    EXPECT_EQ(again.Next(), mutant);
    num_equal += other.Next() == mutant;
  }
  EXPECT_LT(num_equal, 5);
}

TEST(Mutator, MutantsDifferFromTheFilesAndFromEachOther) {
  std::set<std::string> seen;
  for (int64_t i = 0; i < 200; ++i) {
    const std::string mutant = MutantOf(kCorpus, 1, i);
    EXPECT_NE(mutant, kCorpus.files[0]);
    EXPECT_NE(mutant, kCorpus.files[1]);
    seen.insert(mutant);
  }
  EXPECT_GT(seen.size(), 190u);
}

// Readers that must be found out.
absl::Status Crash(const std::string& bytes, const std::string&) {
  if (bytes.size() > 1000) std::abort();
  return DataError("refused");
}
absl::Status Throw(const std::string& bytes, const std::string&) {
  if (bytes.size() > 1000) throw std::runtime_error("thrown");
  return DataError("refused");
}
absl::Status WrongCode(const std::string& bytes, const std::string&) {
  return bytes.size() > 1000 ? EnvironmentError("wrong") : DataError("refused");
}
absl::Status Greedy(const std::string& bytes, const std::string&) {
  if (bytes.size() > 1000) {
    std::string much(size_t{3} << 30, 'x');
    return much[bytes.size()] == 'x' ? DataError("refused") : absl::OkStatus();
  }
  return DataError("refused");
}

// The valid file is read, and so is what is no longer than 1,000 bytes.
Format WithReader(absl::Status (*read)(const std::string&, const std::string&)) {
  return {"test", [] { return kCorpus; },
          [read](const std::string& bytes, const std::string& folder) {
            const bool valid = bytes == kCorpus.files[0] || bytes == kCorpus.files[1];
            return valid ? absl::OkStatus() : read(bytes, folder);
          }};
}

TEST(RunFormat, FindsReadersThatDieThrowOrGiveAnotherCode) {
  EXPECT_NE(RunFormat(WithReader(Crash), {}).bad.value_or("").find("signal 6"), std::string::npos);
  EXPECT_NE(RunFormat(WithReader(Throw), {}).bad.value_or("").find("escaped: thrown"),
            std::string::npos);
  EXPECT_NE(RunFormat(WithReader(WrongCode), {}).bad.value_or("").find("exit code 5, expected 4"),
            std::string::npos);
}

TEST(RunFormat, FindsReadersThatTakeTooMuchMemory) {
  EXPECT_TRUE(RunFormat(WithReader(Greedy), {}).bad.has_value());
}

#ifdef __SANITIZE_ADDRESS__
// That the sanitizers are there, and are heard: one byte too far, and a shift by too much.
absl::Status ReadTooFar(const std::string& bytes, const std::string&) {
  const std::vector<char> copy(bytes.begin(), bytes.end());
  const volatile char* end = copy.data() + copy.size();
  return *end == 'x' ? absl::OkStatus() : DataError("refused");
}
absl::Status ShiftTooFar(const std::string& bytes, const std::string&) {
  const volatile size_t shift = bytes.size();
  return (1 << shift) == 3 ? absl::OkStatus() : DataError("refused");
}

TEST(RunFormat, FindsWhatOnlySanitizersSee) {
  EXPECT_TRUE(RunFormat(WithReader(ReadTooFar), {}).bad.has_value());
  EXPECT_TRUE(RunFormat(WithReader(ShiftTooFar), {}).bad.has_value());
}
#endif

TEST(RunFormat, CountsEveryMutantOfAGoodReader) {
  const auto refuse = [](const std::string&, const std::string&) { return DataError("refused"); };
  const Outcome outcome = RunFormat(WithReader(refuse), {1, 300, {}});
  EXPECT_EQ(outcome.bad, std::nullopt);
  EXPECT_EQ(outcome.num_refused + outcome.num_read, 300);
}

}  // namespace
}  // namespace bench::mutants
