#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "harness/data/source.h"
#include "tests/harness/data/source_tree.h"
#include "tests/harness/stop_request.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class Archive : public ::testing::Test {
 protected:
  // A program in the test's folder with the given lines of shell.
  std::string Program(const std::string& name, const std::string& lines) {
    const std::string path = folder_ / name;
    EXPECT_TRUE(PublishFile(path, "#!/bin/sh\n" + lines).ok());
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }

  // A real package with the test tree, made by dpkg-deb.
  std::string MakePackage() {
    const std::string tree = folder_ / "tree";
    fs::create_directories(tree + "/DEBIAN");
    EXPECT_TRUE(PublishFile(tree + "/DEBIAN/control",
                            "Package: test-package\nVersion: 1.2-3\nArchitecture: all\n"
                            "Maintainer: Nobody <nobody@example.com>\nDescription: test\n")
                    .ok());
    MakeTestTree(tree);
    const std::string file = folder_ / "test-package_1.2-3_all.deb";
    const auto built = RunProgram({"dpkg-deb", "-b", tree, file});
    EXPECT_TRUE(built.ok() && built->exit_code == 0);
    return file;
  }

  absl::StatusOr<std::string> Unpack(const ArchivePrograms& programs) {
    const std::string target = folder_ / "target";
    EXPECT_TRUE(MakeFolders(target).ok());
    return DebianArchive(programs)->Unpack("test-package", target);
  }

  TempFolder folder_;
};

TEST_F(Archive, UnpacksWhatTheDownloadLeavesAndReadsItsVersion) {
  // The last argument is the package; the working folder takes the file.
  const std::string apt =
      Program("apt-get", "for name; do :; done\ntest \"$name\" = test-package || exit 9\ncp " +
                             MakePackage() + " .\n");
  const auto version = Unpack({.apt_get = apt});
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(*version, "1.2-3");
  EXPECT_TRUE(Exists(folder_ / "target/usr/share/locale/zh_CN/LC_MESSAGES/m.mo"));
  EXPECT_FALSE(Exists(folder_ / "target.deb"));
}

TEST_F(Archive, AbsentPackageSaysWhatToRun) {
  const auto version =
      Unpack({.apt_get = Program(
                  "apt-get", "echo 'E: Unable to locate package test-package' >&2\nexit 100\n")});
  EXPECT_EQ(ExitCodeFor(version.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(version.status().message()),
              ::testing::AllOf(HasSubstr("Debian package test-package"),
                               HasSubstr("download test-package`"), HasSubstr("Unable to locate"),
                               HasSubstr("`apt-get update`")));
}

TEST_F(Archive, NoNetworkIsNamedOnOneLine) {
  const auto version =
      Unpack({.apt_get = Program("apt-get",
                                 "echo 'E: Failed to fetch x' >&2\necho 'E: Temporary failure "
                                 "resolving y' >&2\nexit 100\n")});
  EXPECT_EQ(ExitCodeFor(version.status()), ExitCode::kEnvironment);
  const std::string message(version.status().message());
  EXPECT_THAT(message,
              ::testing::AllOf(HasSubstr("Temporary failure"), HasSubstr("check the network")));
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST_F(Archive, AStopSignalEndsTheDownload) {
  const StopRequest stop;
  const auto version = Unpack({.apt_get = Program("apt-get", "exec sleep 1000\n")});
  EXPECT_TRUE(IsStopped(version.status())) << version.status();
  EXPECT_FALSE(Exists(folder_ / "target.deb"));
}

TEST_F(Archive, MissingProgramIsAnEnvironmentError) {
  const auto version = Unpack({.apt_get = folder_ / "no-such-program"});
  EXPECT_EQ(ExitCodeFor(version.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(version.status().message()), HasSubstr("no-such-program"));
}

TEST_F(Archive, DownloadThatLeavesNothingIsAnError) {
  const auto version = Unpack({.apt_get = Program("apt-get", "exit 0\n")});
  EXPECT_EQ(ExitCodeFor(version.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(version.status().message()), HasSubstr("left no package"));
}

TEST_F(Archive, FileThatIsNoPackageIsAnError) {
  const auto version = Unpack({.apt_get = Program("apt-get", "echo x > a.deb\n")});
  EXPECT_EQ(ExitCodeFor(version.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(version.status().message()), HasSubstr("dpkg-deb -x"));
}

}  // namespace
}  // namespace bench::harness
