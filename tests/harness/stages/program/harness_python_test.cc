#include "harness/stages/program/harness_python.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

TEST(HarnessPython, LiesBesideTheLibTorchThatIsLoaded) {
  const TempFolder folder;
  const std::string line = "7f00-7f01 r-xp 0000 08:01 12   " + folder.path() +
                           "/lib/python3.11/site-packages/torch/lib/libtorch_cpu.so\n";
  EXPECT_EQ(PythonOfLibTorch("7f00 /usr/lib/libc.so\n" + line), std::nullopt);  // not there
  std::filesystem::create_directories(folder / "bin");
  std::ofstream(folder / "bin/python3") << "#!/bin/sh\n";
  std::filesystem::permissions(folder / "bin/python3", std::filesystem::perms::owner_all);
  EXPECT_EQ(PythonOfLibTorch("7f00 /usr/lib/libc.so\n" + line), folder / "bin/python3");
  EXPECT_EQ(PythonOfLibTorch("7f00 /opt/torch/lib/libtorch_cpu.so\n"), std::nullopt);
  EXPECT_EQ(PythonOfLibTorch(""), std::nullopt);
}

// These tests do not load LibTorch.
TEST(HarnessPython, IsThatOfThePathWithoutLibTorch) { EXPECT_EQ(HarnessPython(), "python3"); }

}  // namespace
}  // namespace bench::harness
