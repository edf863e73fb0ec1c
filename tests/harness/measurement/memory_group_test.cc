#include "harness/measurement/memory_group.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/measurement/fake_groups.h"

namespace bench::harness {
namespace {

std::string OwnName() { return absl::StrCat("bench-run-", ::getpid()); }

TEST(MemoryGroup, IsMadeBesideTheGroupOfThisProcessAndRemovedAtTheEnd) {
  FakeGroups groups;
  auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->entrance(), groups.Path(absl::StrCat("user/", OwnName(), "/cgroup.procs")));
  EXPECT_TRUE(Exists(group->entrance()));
  group.reset();
  EXPECT_FALSE(Exists(groups.Path(absl::StrCat("user/", OwnName()))));
}

TEST(MemoryGroup, CountsPrivateAndSharedMemoryWithoutThePageCache) {
  FakeGroups groups;
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->OwnBytes(), 0);
  const std::string folder = groups.Path(absl::StrCat("user/", OwnName()));
  std::ofstream(folder + "/memory.stat")
      << "anon 4096\nfile 1048576\nshmem 8192\nfile_mapped 65536\nanon_thp 2097152\n";
  std::ofstream(folder + "/memory.peak") << "1234567\n";
  EXPECT_EQ(group->OwnBytes(), 4096 + 8192);
  EXPECT_EQ(group->ChargedPeakBytes(), 1234567);
}

TEST(MemoryGroup, WhatTheKernelDoesNotSayIsAbsent) {
  FakeGroups groups;
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  const std::string folder = groups.Path(absl::StrCat("user/", OwnName()));
  std::ofstream(folder + "/memory.stat") << "anon 4096\nfile 1048576\n";
  std::ofstream(folder + "/memory.peak") << "";  // as before Linux 5.19, where there is no file
  EXPECT_EQ(group->OwnBytes(), std::nullopt);
  EXPECT_EQ(group->ChargedPeakBytes(), std::nullopt);
}

// The root group alone may have processes and hand controllers down.
TEST(MemoryGroup, IsMadeBelowTheRootGroup) {
  FakeGroups groups;
  groups.InGroup("/");
  groups.SetFile("cgroup.subtree_control", "memory\n");
  groups.SetFile("cgroup.procs", "");
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->entrance(), groups.Path(absl::StrCat(OwnName(), "/cgroup.procs")));
}

TEST(MemoryGroup, ThereIsNoneWhereNoneCanBeHad) {
  FakeGroups groups;
  groups.SetFile("user/cgroup.subtree_control", "cpu pids memory_of_another_name\n");
  EXPECT_EQ(groups.Make(), nullptr);
  groups.SetFile("user/cgroup.subtree_control", "memory\n");
  groups.is_read_only = true;
  EXPECT_EQ(groups.Make(), nullptr);
  groups.is_read_only = false;
  std::filesystem::remove(groups.Path("user/cgroup.procs"));  // nobody can be moved
  EXPECT_EQ(groups.Make(), nullptr);
  EXPECT_FALSE(Exists(groups.Path(absl::StrCat("user/", OwnName()))));
  groups.SetFile("user/cgroup.procs", "");
  EXPECT_NE(groups.Make(), nullptr);
  groups.InGroup("/");  // of a container, which sees no further
  EXPECT_EQ(groups.Make(), nullptr);
}

TEST(MemoryGroup, ThereIsNoneInVersion1) {
  FakeRoot root;
  root.Write("proc/self/cgroup", "4:memory:/job\n0::/\n");
  root.Write("proc/self/mountinfo",
             "33 22 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
             "34 22 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  root.Write("sys/fs/cgroup/unified/cgroup.subtree_control", "");
  EXPECT_EQ(MemoryGroup::Make(root.path() + "/proc", root.path()), nullptr);
  EXPECT_EQ(MemoryGroup::Make("/nowhere", "/nowhere"), nullptr);
}

TEST(MemoryGroup, HasTheLimitsOfTheGroupOfThisProcess) {
  FakeGroups groups;
  groups.SetFile("user/job/memory.max", "1073741824\n");
  groups.SetFile("user/job/cpu.max", "150000 100000\n");
  groups.SetFile("user/job/pids.max", "4915\n");
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  const std::string folder = groups.Path(absl::StrCat("user/", OwnName()));
  EXPECT_EQ(ReadLine(folder + "/memory.max"), "1073741824");
  EXPECT_EQ(ReadLine(folder + "/cpu.max"), "150000 100000");
  EXPECT_EQ(ReadLine(folder + "/pids.max"), "4915");
  EXPECT_EQ(ReadLine(folder + "/memory.high"), "max");
}

TEST(MemoryGroup, ThereIsNoneThatWouldFreeTheProgramOfALimit) {
  FakeGroups groups;
  groups.SetFile("user/job/io.max", "8:0 rbps=1048576 wbps=max riops=max wiops=max\n");
  EXPECT_EQ(groups.Make(), nullptr);
  groups.SetFile("user/job/io.max", "");
  groups.SetFile("user/job/memory.zswap.max", "1048576\n");  // which a new group has not
  EXPECT_EQ(groups.Make(), nullptr);
  EXPECT_FALSE(Exists(groups.Path(absl::StrCat("user/", OwnName()))));
  std::filesystem::remove(groups.Path("user/job/memory.zswap.max"));
  EXPECT_NE(groups.Make(), nullptr);
}

TEST(MemoryGroup, RemovesEmptyGroupsOfRunsThatAreGone) {
  FakeGroups groups;
  // Linux numbers processes below 2^22.
  const std::string empty = "user/bench-run-999999998", full = "user/bench-run-999999999";
  const std::string alive = absl::StrCat("user/bench-run-", ::getppid());
  for (const std::string& name : {empty, full, alive, std::string("user/bench-run-of-others")}) {
    ASSERT_EQ(groups.Mkdir(groups.Path(name).c_str(), 0755), 0);
  }
  groups.SetFile(full + "/cgroup.procs", "1234\n");
  const auto group = groups.Make();
  ASSERT_NE(group, nullptr);
  EXPECT_FALSE(Exists(groups.Path(empty)));
  EXPECT_TRUE(Exists(groups.Path(full)));
  EXPECT_TRUE(Exists(groups.Path(alive)));
  EXPECT_TRUE(Exists(groups.Path("user/bench-run-of-others")));
}

}  // namespace
}  // namespace bench::harness
