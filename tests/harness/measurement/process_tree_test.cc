#include "harness/measurement/process_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using testing::UnorderedElementsAre;

// A folder as /proc has it: fields as in proc(5), of which the fourth is the parent and the 24th
// the resident pages.
void AddProcess(const TempFolder& proc, int pid, const std::string& name, int parent, int pages) {
  const std::string folder = proc / std::to_string(pid);
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/stat") << pid << " (" << name << ") S " << parent
                                  << " 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 "
                                  << pages << " 25 26\n";
}

TEST(ProcessTree, HasAllDescendantsAndTheirMemory) {
  const TempFolder proc;
  AddProcess(proc, 1, "init", 0, 1000);
  AddProcess(proc, 10, "parent", 1, 2000);
  AddProcess(proc, 20, "a child", 10, 3);
  AddProcess(proc, 30, "of) S 1 (bad", 20, 4);
  AddProcess(proc, 40, "other", 1, 5000);
  std::filesystem::create_directories(proc / "50");  // has ended meanwhile
  std::filesystem::create_directories(proc / "sys");
  const ProcessTree tree = ReadProcessTree(10, proc.path());
  EXPECT_THAT(tree.processes, UnorderedElementsAre(20, 30));
  EXPECT_EQ(tree.resident_bytes, 7 * ::sysconf(_SC_PAGESIZE));
  EXPECT_TRUE(ReadProcessTree(40, proc.path()).processes.empty());
}

TEST(ProcessTree, TheLargestPartOfMappedFilesIsOfOneProcess) {
  const TempFolder proc;
  for (const auto& [pid, kibibytes] : {std::pair(20, "300"), std::pair(30, "4000")}) {
    const std::string folder = proc / std::to_string(pid);
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/status")
        << "Name:\tRssFile: 7\nVmRSS:\t    9000 kB\nRssAnon:\t    5000 kB\nRssFile:\t    "
        << kibibytes << " kB\n";
  }
  EXPECT_EQ(LargestMappedFileBytes({20, 30, 40}, proc.path()), 4000 * 1024);
  EXPECT_EQ(LargestMappedFileBytes({20}, proc.path()), 300 * 1024);
  EXPECT_EQ(LargestMappedFileBytes({40}, proc.path()), 0);
  EXPECT_GT(LargestMappedFileBytes({::getpid()}), 64 << 10);  // this program
}

TEST(ProcessTree, EndsWhereNumbersMakeACircle) {
  const TempFolder proc;
  AddProcess(proc, 10, "a", 20, 1);
  AddProcess(proc, 20, "b", 10, 1);
  EXPECT_THAT(ReadProcessTree(10, proc.path()).processes, UnorderedElementsAre(20, 10));
}

TEST(ProcessTree, IsEmptyWhereNothingCanBeRead) {
  EXPECT_TRUE(ReadProcessTree(1, "/nowhere").processes.empty());
  EXPECT_TRUE(ReadProcessTree(::getpid()).processes.empty());  // this one has no children
}

}  // namespace
}  // namespace bench::harness
