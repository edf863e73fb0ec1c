// Runs as the store sees them: a folder with a journal that names an artifact.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "harness/store/store.h"
#include "results/run_writer.h"

namespace bench::harness {

inline Artifact PublishText(const Store& store, const std::string& text) {
  const std::string staging = *store.NewStaging();
  std::ofstream(staging + "/data.txt") << text;
  auto artifact = store.Publish(staging);
  EXPECT_TRUE(artifact.ok()) << artifact.status();
  return *artifact;
}

// A run begun at `started`, which tells it from others; `end`: how it ended, absent while it goes
// on; `artifact`: the digest of what it left, "" for nothing.
inline void RecordRun(const std::string& folder, const std::string& started,
                      std::optional<results::RunStatus> end, const std::string& artifact) {
  results::RunHeader header;
  header.definition_sha256 = std::string(64, 'a');
  header.provenance["start_time_utc"] = started;
  auto writer = results::RunWriter::Create(folder, header, 5);
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE((*writer)->Flush().ok());
  if (end) {
    ASSERT_TRUE((*writer)->Finish(*end).ok());
  }
  if (!artifact.empty()) {
    ASSERT_TRUE(NameArtifact(folder, artifact).ok());
  }
}

}  // namespace bench::harness
