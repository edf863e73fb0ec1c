#include "harness/run/failure.h"

#include "base/status.h"
#include "gtest/gtest.h"
#include "results/run_writer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

results::RunHeader Header() {
  results::RunHeader header;
  header.experiment = "test";
  header.definition_sha256 = std::string(64, 'a');
  return header;
}

TEST(FailRun, TheResultsSayWhyAndTheErrorStaysTheSame) {
  const TempFolder folder;
  auto writer = *results::RunWriter::Create(folder / "run", Header(), 5);
  EXPECT_EQ(FailRun(DataError("rows.jsonl:7: no \xff"), *writer),
            DataError("rows.jsonl:7: no \xff"));
  const auto record = results::RecoverJournal(folder / "run");
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->status, results::RunStatus::kFailed);
  EXPECT_EQ(record->notes.at("failure"), results::Attribute("rows.jsonl:7: no \xEF\xBF\xBD"));
}

TEST(FailRun, ARunThatGoesOnHasNotFailed) {
  const TempFolder folder;
  auto writer = *results::RunWriter::Create(folder / "run", Header(), 5);
  FailRun(EnvironmentError("no space"), *writer).IgnoreError();
  writer = *results::RunWriter::Resume(folder / "run", Header(), 0, 5);
  ASSERT_TRUE(writer->Finish(results::RunStatus::kComplete).ok());
  const auto record = results::RecoverJournal(folder / "run");
  EXPECT_EQ(record->status, results::RunStatus::kComplete);
  EXPECT_FALSE(record->notes.contains("failure"));
}

}  // namespace
}  // namespace bench::harness
