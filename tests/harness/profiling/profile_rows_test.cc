#include "harness/profiling/profile_rows.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using results::Cell;

const CallTable kCalls = {{{"forward", "mm"}, {2, 3.0, 0.5}},
                          {{"backward", "mm"}, {4, 2.0, 2.0}},
                          {{"", "add"}, {1, 1.0, 1.0}}};

TEST(ProfileRows, TheLongestComeFirstByTheTimeThatIsTheirOwn) {
  const results::Table self = SelfTimesTable(results::kOperatorsTable, kCalls);
  EXPECT_EQ(self.columns,
            (std::vector<std::string>{"range", "operator", "count", "total_s", "self_s"}));
  EXPECT_EQ(self.rows, (std::vector<std::vector<Cell>>{{"backward", "mm", int64_t{4}, 2.0, 2.0},
                                                       {"", "add", int64_t{1}, 1.0, 1.0},
                                                       {"forward", "mm", int64_t{2}, 3.0, 0.5}}));
  const results::Table totals = TotalsTable(results::kKernelsTable, kCalls);
  EXPECT_EQ(totals.columns, (std::vector<std::string>{"range", "kernel", "count", "total_s"}));
  EXPECT_EQ(totals.rows[0], (std::vector<Cell>{"forward", "mm", int64_t{2}, 3.0}));
}

TEST(ProfileRows, AreWrittenAsTheyAre) {
  const TempFolder temp;
  const results::Table table = TotalsTable(results::kKernelsTable, kCalls);
  auto writer = results::RunWriter::Create(temp / "run", results::RunHeader{}, 5);
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE(WriteTables({{"profile_kernels", table}, {"profile_none", {}}}, **writer).ok());
  ASSERT_TRUE((*writer)->Flush().ok());
  const auto record = results::RecoverJournal(temp / "run");
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->tables, (std::map<std::string, results::Table>{{"profile_kernels", table}}));
}

}  // namespace
}  // namespace bench::harness
