#include "harness/measurement/control_groups.h"

#include <gtest/gtest.h>

#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {
namespace {

// Trees of files as the kernel shows them: which group a process is in, what is mounted where, and
// the limits of the groups.
class ControlGroups : public ::testing::Test {
 protected:
  void InGroups(const std::string& cgroup, const std::string& mountinfo) {
    root_.Write("proc/self/cgroup", cgroup);
    root_.Write("proc/self/mountinfo",
                "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n" + mountinfo);
  }
  // A file of a group.
  void Write(const std::string& name, const std::string& text) {
    root_.Write("sys/fs/cgroup/" + name, text);
  }
  ControlGroupLimits Read() { return ReadControlGroups(root_.path() + "/proc", root_.path()); }

  FakeRoot root_;
};

constexpr char kVersion2[] =
    "31 22 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr char kVersion1[] =
    "32 22 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:10 - cgroup cgroup rw,cpu,cpuacct\n"
    "33 22 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "34 22 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n";
constexpr char kNoLimit[] = "9223372036854771712\n";

TEST_F(ControlGroups, WithoutAnyFileThereIsNoLimit) {
  EXPECT_FALSE(Read().cpu_quota || Read().memory_bytes);
  Write("cpu.max", "50000 100000\n");  // of a hierarchy that the process is not known to be in
  EXPECT_FALSE(Read().cpu_quota.has_value());
}

TEST_F(ControlGroups, LimitsOfTheOwnGroupInVersion2) {
  InGroups("0::/user.slice/job\n", kVersion2);
  Write("user.slice/job/cpu.max", "150000 100000\n");
  Write("user.slice/job/memory.max", "536870912\n");
  EXPECT_EQ(Read().cpu_quota, 1.5);
  EXPECT_EQ(Read().memory_bytes, 536870912);
}

TEST_F(ControlGroups, GroupsOfVersion2AreFoundFromTheOwnOneUpwards) {
  const std::string top = root_.path() + "/sys/fs/cgroup";
  const auto groups = [&] { return Version2Groups(root_.path() + "/proc", root_.path()); };
  EXPECT_TRUE(groups().empty());
  InGroups("0::/user.slice/job\n", kVersion2);
  EXPECT_EQ(groups(),
            (std::vector<std::string>{top + "/user.slice/job", top + "/user.slice", top}));
  InGroups("0::/\n", kVersion2);
  EXPECT_EQ(groups(), std::vector<std::string>{top});
  InGroups("1:memory:/job\n", kVersion1);
  EXPECT_TRUE(groups().empty());
}

TEST_F(ControlGroups, TheSmallestLimitOfAllGroupsAboveCountsInVersion2) {
  InGroups("0::/a/b/c\n", kVersion2);
  Write("a/b/c/cpu.max", "max 100000\n");
  Write("a/b/cpu.max", "25000 50000\n");  // 0.5
  Write("a/cpu.max", "200000 100000\n");  // 2
  Write("a/b/c/memory.max", "3000000\n");
  Write("a/b/memory.max", "max\n");
  Write("a/memory.max", "2000000\n");
  Write("a/b/other/cpu.max", "1000 100000\n");  // no group of the process
  Write("cpu.max", "100000 100000\n");
  EXPECT_EQ(Read().cpu_quota, 0.5);
  EXPECT_EQ(Read().memory_bytes, 2000000);
}

// What docker's default gives: the namespace's root is the container's own group.
TEST_F(ControlGroups, ANamespaceEndsAtItsRoot) {
  InGroups("0::/\n", kVersion2);
  Write("cpu.max", "50000 100000\n");
  Write("memory.max", "1000000\n");
  EXPECT_EQ(Read().cpu_quota, 0.5);
  EXPECT_EQ(Read().memory_bytes, 1000000);
}

TEST_F(ControlGroups, TheSmallestLimitOfAllGroupsAboveCountsInVersion1) {
  InGroups("4:memory:/a/b\n3:cpu,cpuacct:/x/y\n1:name=systemd:/x/y\n", kVersion1);
  Write("cpu,cpuacct/x/y/cpu.cfs_quota_us", "-1\n");
  Write("cpu,cpuacct/x/y/cpu.cfs_period_us", "100000\n");
  Write("cpu,cpuacct/x/cpu.cfs_quota_us", "300000\n");
  Write("cpu,cpuacct/x/cpu.cfs_period_us", "200000\n");
  Write("cpu,cpuacct/cpu.cfs_quota_us", "400000\n");
  Write("cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  Write("memory/a/b/memory.limit_in_bytes", kNoLimit);
  Write("memory/a/memory.limit_in_bytes", "268435456\n");
  Write("memory/memory.limit_in_bytes", kNoLimit);
  EXPECT_EQ(Read().cpu_quota, 1.5);
  EXPECT_EQ(Read().memory_bytes, 268435456);
}

TEST_F(ControlGroups, Version1KnowsTheMemoryOfGroupsThatAreNotMounted) {
  InGroups("4:memory:/a\n", kVersion1);
  Write("memory/a/memory.limit_in_bytes", "4000000\n");
  Write("memory/a/memory.stat", "cache 1\nhierarchical_memory_limit 3000000\n");
  EXPECT_EQ(Read().memory_bytes, 3000000);
}

// docker without a namespace of groups: paths are the host's, and the container's group is mounted
// where the root would be.
TEST_F(ControlGroups, AMountOfTheOwnGroupIsReadAtItsRoot) {
  InGroups("3:cpu:/docker/12ab/inner\n4:memory:/docker/12ab\n",
           "40 22 0:29 /docker/12ab /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n"
           "41 22 0:30 /docker/12ab /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  Write("cpu/cpu.cfs_quota_us", "50000\n");
  Write("cpu/cpu.cfs_period_us", "100000\n");
  Write("cpu/inner/cpu.cfs_quota_us", "-1\n");
  Write("cpu/inner/cpu.cfs_period_us", "100000\n");
  Write("memory/memory.limit_in_bytes", "5000000\n");
  EXPECT_EQ(Read().cpu_quota, 0.5);
  EXPECT_EQ(Read().memory_bytes, 5000000);
}

TEST_F(ControlGroups, AMountThatDoesNotLeadToTheGroupSaysNothing) {
  for (const char* group : {"/docker/12abc", "/other", "/", "/../outside"}) {
    InGroups(std::string("0::") + group + "\n",
             "40 22 0:29 /docker/12ab /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n");
    Write("cpu.max", "50000 100000\n");
    EXPECT_FALSE(Read().cpu_quota.has_value()) << group;
  }
}

// The namespace was made below what is mounted: its groups above have no name in it.
TEST_F(ControlGroups, AMountAboveTheNamespaceCountsAtItsTop) {
  InGroups("0::/inner\n", "40 22 0:29 /../.. /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n");
  Write("cpu.max", "50000 100000\n");
  Write("inner/cpu.max", "1000 100000\n");  // another one
  EXPECT_EQ(Read().cpu_quota, 0.5);
}

TEST_F(ControlGroups, HybridTreesCountForWhatTheyManage) {
  InGroups(
      "3:cpu,cpuacct:/job\n0::/job\n",
      std::string(kVersion1) + "35 22 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  Write("cpu,cpuacct/job/cpu.cfs_quota_us", "50000\n");
  Write("cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  Write("unified/job/memory.max", "7000000\n");
  EXPECT_EQ(Read().cpu_quota, 0.5);
  EXPECT_EQ(Read().memory_bytes, 7000000);
}

TEST_F(ControlGroups, AMountPointMayHaveSpaces) {
  InGroups("0::/\n", "40 22 0:29 / /mnt/my\\040groups rw - cgroup2 cgroup2 rw\n");
  root_.Write("mnt/my groups/cpu.max", "50000 100000\n");
  EXPECT_EQ(Read().cpu_quota, 0.5);
}

TEST_F(ControlGroups, MalformedFilesAreAbsentNotZero) {
  InGroups("0::/\nnonsense\n4:memory\n", std::string(kVersion2) + "short line\n - cgroup2\n\n");
  for (const char* text : {"150000\n", "0 100000\n", "-1 100000\n", "100000 0\n", "a b\n", ""}) {
    Write("cpu.max", text);
    EXPECT_FALSE(Read().cpu_quota.has_value()) << text;
  }
}

}  // namespace
}  // namespace bench::harness
