#include "harness/run/run_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "results/run_writer.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

const char kHash[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const char kOtherHash[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

LoadedDefinition Loaded(const char* sha256 = kHash, const char* json = "{}") {
  LoadedDefinition loaded;
  loaded.sha256 = sha256;
  loaded.canonical_json = json;
  return loaded;
}

results::RunHeader Header() {
  results::RunHeader header;
  header.experiment = std::string("e");
  header.definition_sha256 = kHash;
  header.replicate = 1;
  header.definition_json = R"({"training":{"steps":4}})";
  header.inputs = {{"data", std::string(64, '1')}, {"tokenizer", std::string(64, '2')}};
  return header;
}

void RecordRun(const std::string& folder, std::optional<results::RunStatus> finished) {
  auto writer = results::RunWriter::Create(folder, Header(), 5);
  ASSERT_TRUE(writer.ok()) << writer.status();
  if (finished) {
    ASSERT_TRUE((*writer)->Finish(*finished).ok());
  } else {
    ASSERT_TRUE((*writer)->Flush().ok());
  }
}

TEST(RunFolder, FreshOneIsCreatedAndLocked) {
  TempFolder temp;
  const auto folder = OpenRunFolder(temp / "run", StartMode::kFresh, Loaded(), 0);
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_FALSE(folder->begun.has_value());
  const auto second = OpenRunFolder(temp / "run", StartMode::kFresh, Loaded(), 0);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(second.status().message(), HasSubstr(std::to_string(::getpid())));
}

TEST(RunFolder, OccupiedOneIsRefusedNamingWhatIsThere) {
  TempFolder temp;
  std::ofstream(temp / "mine.txt") << "x";
  for (const StartMode start : {StartMode::kFresh, StartMode::kResume}) {
    const auto folder = OpenRunFolder(temp.path(), start, Loaded(), 0);
    EXPECT_EQ(folder.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(folder.status().message(), HasSubstr("mine.txt"));
  }
}

TEST(RunFolder, ResumeOfNothingStartsFresh) {
  TempFolder temp;
  const auto folder = OpenRunFolder(temp / "run", StartMode::kResume, Loaded(), 0);
  ASSERT_TRUE(folder.ok());
  EXPECT_FALSE(folder->begun.has_value());
}

TEST(RunFolder, ResumeContinuesAnInterruptedRunAndLeavesACompleteOne) {
  TempFolder temp;
  RecordRun(temp / "killed", std::nullopt);
  RecordRun(temp / "interrupted", results::RunStatus::kInterrupted);
  RecordRun(temp / "complete", results::RunStatus::kComplete);
  for (const char* name : {"killed", "interrupted", "complete"}) {
    const auto folder = OpenRunFolder(temp / name, StartMode::kResume, Loaded(), 1);
    ASSERT_TRUE(folder.ok()) << folder.status();
    EXPECT_EQ(folder->begun, Header());
    EXPECT_EQ(folder->complete, std::string(name) == "complete");
  }
}

std::string Bytes(const std::string& path) { return ReadFile(path).value_or("(absent)"); }

// The journal is complete, but the results are those of an attempt before, or gone.
TEST(RunFolder, CompleteRunWithStaleOrMissingResultsPublishesThem) {
  TempFolder temp;
  RecordRun(temp / "run", results::RunStatus::kInterrupted);
  const std::string path = temp / "run/results.h5";
  const std::string digest_path = temp / "run/results.h5.sha256";
  const std::string interrupted = Bytes(path);
  const std::string interrupted_digest = Bytes(digest_path);
  auto writer = results::RunWriter::Resume(temp / "run", Header(), 0, 5);
  ASSERT_TRUE(writer.ok() && (*writer)->Finish(results::RunStatus::kComplete).ok());
  const std::string complete = Bytes(path);
  ASSERT_NE(complete, interrupted);
  for (const bool stale : {true, false}) {
    ASSERT_TRUE(RemoveTree(path).ok() && RemoveTree(digest_path).ok());
    if (stale) {
      ASSERT_TRUE(PublishFile(path, interrupted).ok());
      ASSERT_TRUE(PublishFile(digest_path, interrupted_digest).ok());
    }
    const auto folder = OpenRunFolder(temp / "run", StartMode::kResume, Loaded(), 1);
    ASSERT_TRUE(folder.ok()) << folder.status();
    EXPECT_TRUE(folder->complete);
    EXPECT_EQ(Bytes(path), complete);
  }
}

// A pipe would keep the HDF5 library waiting for a writer.
TEST(RunFolder, CompleteRunWithResultsThatCannotBeReadPublishesThem) {
  TempFolder temp;
  RecordRun(temp / "run", results::RunStatus::kComplete);
  const std::string path = temp / "run/results.h5";
  const std::string complete = Bytes(path);
  for (const bool pipe : {true, false}) {
    ASSERT_TRUE(RemoveTree(path).ok());
    if (pipe) {
      ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    } else {
      ASSERT_TRUE(PublishFile(path, complete.substr(0, complete.size() / 2)).ok());
    }
    const auto folder = OpenRunFolder(temp / "run", StartMode::kResume, Loaded(), 1);
    ASSERT_TRUE(folder.ok()) << folder.status();
    EXPECT_TRUE(folder->complete);
    EXPECT_EQ(Bytes(path), complete);
  }
}

TEST(RunFolder, AnotherDefinitionOrReplicateIsAUsageError) {
  TempFolder temp;
  RecordRun(temp / "run", std::nullopt);
  EXPECT_EQ(OpenRunFolder(temp / "run", StartMode::kResume, Loaded(kOtherHash), 1).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(OpenRunFolder(temp / "run", StartMode::kResume, Loaded(), 2).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(RunFolder, AnotherDefinitionIsNamedByTheFieldsThatDiffer) {
  TempFolder temp;
  RecordRun(temp / "run", results::RunStatus::kComplete);
  const auto folder =
      OpenRunFolder(temp / "run", StartMode::kResume,
                    Loaded(kOtherHash, R"({"base_seed":3,"training":{"steps":8}})"), 1);
  EXPECT_THAT(std::string(folder.status().message()),
              testing::AllOf(HasSubstr("training.steps is 4 there and 8 here"),
                             HasSubstr("base_seed is the default there and 3 here")));
}

TEST(RunFolder, ChangedInputsAreAUsageErrorThatNamesThem) {
  TempFolder temp;
  RecordRun(temp / "run", results::RunStatus::kComplete);
  const auto folder = OpenRunFolder(temp / "run", StartMode::kResume, Loaded(), 1);
  ASSERT_TRUE(folder.ok()) << folder.status();
  EXPECT_TRUE(CheckSameInputs(*folder, Header().inputs).ok());
  EXPECT_TRUE(CheckSameInputs(*folder, {{"data", std::string(64, '1')}}).ok());  // one not known
  const absl::Status changed = CheckSameInputs(
      *folder, {{"data", std::string(64, '3')}, {"tokenizer", std::string(64, '2')}});
  EXPECT_EQ(changed.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(changed.message()),
              testing::AllOf(HasSubstr("data is 333333333333 and was 111111111111"),
                             testing::Not(HasSubstr("tokenizer"))));
}

// One flipped bit of the journal, in its last frame (the end) or in its first.
TEST(RunFolder, CompleteRunIsCompleteAlsoWhereItsJournalIsDamaged) {
  TempFolder temp;
  for (const bool first : {true, false}) {
    const std::string run = temp / (first ? "first" : "last");
    RecordRun(run, results::RunStatus::kComplete);
    const std::string results = Bytes(run + "/results.h5");
    std::string journal = Bytes(run + "/run.journal");
    journal[first ? 20 : journal.size() - 2] ^= 4;
    ASSERT_TRUE(PublishFile(run + "/run.journal", journal).ok());
    const auto folder = OpenRunFolder(run, StartMode::kResume, Loaded(), 1);
    ASSERT_TRUE(folder.ok()) << folder.status();
    EXPECT_TRUE(folder->complete);
    EXPECT_EQ(folder->begun, Header());
    EXPECT_THAT(folder->note, HasSubstr("damaged"));
    EXPECT_EQ(Bytes(run + "/results.h5"), results);
    EXPECT_EQ(Bytes(run + "/run.journal"), journal);
  }
}

TEST(RunFolder, JournalThatEndsBeforeTheCheckpointIsADataError) {
  RunFolder folder = {.path = "/run", .lock = *FolderLock::Acquire(TempFolder().path())};
  folder.last_step = 6;
  EXPECT_TRUE(CheckReaches(folder, 6).ok());
  EXPECT_TRUE(CheckReaches(folder, 0).ok());
  EXPECT_EQ(CheckReaches(folder, 7).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace bench::harness
