#include "harness/stages/program/python_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

// A stand-in for Python, which writes down what it is asked for: -VV, -m venv FOLDER and, as the
// environment's own, -m pip install. (program_run_test.py makes one with the real one.)
class PythonEnvironmentTest : public testing::Test {
 protected:
  PythonEnvironmentTest() {
    WriteScript(folder_ / "python", "echo \"$@\" >> " + (folder_ / "asked") +
                                        "\n"
                                        "[ \"$1\" = -VV ] && echo Python 3.99 && exit 0\n"
                                        "[ \"$2\" = venv ] && mkdir -p \"$3/bin\" && cp \"$0\" "
                                        "\"$3/bin/python\" && exit 0\n"
                                        // Where its packages are, and if asked which.
                                        "if [ \"$1\" = -c ]; then\n"
                                        "  site=\"$(dirname \"$0\")/site\"; mkdir -p \"$site\"\n"
                                        "  echo \"$site\"\n"
                                        "  case \"$2\" in *importlib*) cat " +
                                        (folder_ / "versions") +
                                        ";; esac\n"
                                        "  exit 0\nfi\n"
                                        "[ -e " +
                                        (folder_ / "fail") +
                                        " ] && echo no such package >&2 && exit 1\n"
                                        "exit 0\n");
    spec_.interpreter = folder_ / "python";
    spec_.requirements = "requirements.txt";
    Write("six==1.16.0 --hash=sha256:00\n");
  }
  static void WriteScript(const std::string& path, const std::string& text) {
    std::ofstream(path) << "#!/bin/sh\n" << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  void Write(const std::string& requirements) const {
    std::ofstream(folder_ / "requirements.txt") << requirements;
  }
  absl::StatusOr<PythonEnvironment> Make() {
    Progress progress(Progress::Audience::kNobody);
    return MakePythonEnvironment(
        spec_, {folder_.path(), folder_ / "store", /*harness_python=*/folder_ / "python"},
        progress);
  }
  // How often packages were installed.
  int64_t NumInstalls() const {
    const std::string asked = ReadFile(folder_ / "asked").value_or("");
    int64_t count = 0;
    for (size_t at = asked.find("pip install"); at != std::string::npos;
         at = asked.find("pip install", at + 1)) {
      ++count;
    }
    return count;
  }

  const TempFolder folder_;
  ProgramPythonSpec spec_;
};

TEST_F(PythonEnvironmentTest, IsMadeOnceAndSharedByWhatAsksForTheSame) {
  const auto first = Make();
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = Make();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->digest, again->digest);
  EXPECT_EQ(NumInstalls(), 1);
  EXPECT_EQ(first->python, first->variables.at("VIRTUAL_ENV") + "/bin/python");
  EXPECT_TRUE(
      first->variables.at("PATH").starts_with(first->variables.at("VIRTUAL_ENV") + "/bin:"));
  EXPECT_TRUE(Exists(first->python));
  EXPECT_THAT(*ReadFile(folder_ / "asked"), HasSubstr("--require-hashes"));
  Write("six==1.17.0 --hash=sha256:00\n");
  EXPECT_NE(Make()->digest, first->digest);
  EXPECT_EQ(NumInstalls(), 2);
}

TEST_F(PythonEnvironmentTest, ThatCouldNotBeMadeIsMadeAgain) {
  std::ofstream(folder_ / "fail") << "";
  const auto failed = Make();
  EXPECT_EQ(ExitCodeFor(failed.status()), ExitCode::kEnvironment);
  EXPECT_THAT(failed.status().message(), HasSubstr("no such package"));
  std::filesystem::remove(folder_ / "fail");
  EXPECT_TRUE(Make().ok());
  EXPECT_EQ(NumInstalls(), 2);
}

// The packages of the harness's Python are seen by the environment, not installed in it, and
// another version of one of them makes another environment.
TEST_F(PythonEnvironmentTest, StandsOnTheHarnessesPackages) {
  const auto alone = Make();
  ASSERT_TRUE(alone.ok()) << alone.status();
  spec_.base = PythonBase::kHarness;
  spec_.interpreter = "/nonexistent/python";
  std::ofstream(folder_ / "versions") << "torch 2.11.0\n";
  const auto first = Make();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_NE(first->digest, alone->digest);
  EXPECT_EQ(ReadFile(first->variables.at("VIRTUAL_ENV") + "/bin/site/bench_base.pth").value(),
            folder_ / "site\n");
  EXPECT_EQ(Make()->digest, first->digest);
  EXPECT_EQ(NumInstalls(), 2);
  std::ofstream(folder_ / "versions") << "torch 2.12.0\n";
  EXPECT_NE(Make()->digest, first->digest);
  EXPECT_EQ(NumInstalls(), 3);
}

TEST_F(PythonEnvironmentTest, NeedsItsFile) {
  spec_.requirements = "none.txt";
  EXPECT_EQ(ExitCodeFor(Make().status()), ExitCode::kUsage);
}

TEST_F(PythonEnvironmentTest, IsTheOneThatIsThereWithoutRequirements) {
  spec_.requirements.reset();
  const auto environment = Make();
  ASSERT_TRUE(environment.ok());
  EXPECT_EQ(environment->digest, "");
  EXPECT_TRUE(environment->variables.empty());
  EXPECT_EQ(NumInstalls(), 0);
}

}  // namespace
}  // namespace bench::harness
