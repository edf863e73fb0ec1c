#include "base/file.h"
#include "base/sha256.h"
#include "results/digest_record.h"
#include "results/hdf5_file.h"
#include "results/isolated_reader.h"
#include "results/journal.h"
#include "results/record_journal.h"
#include "tests/mutants/format.h"
#include "tests/results/sample_record.h"
#include "tests/support/temp_folder.h"

namespace bench::mutants {
namespace {

using namespace bench::results;  // NOLINT: a table of this library's readers

// Without side record: the digest would refuse every mutant before HDF5 sees it.
std::string ResultsBytes() {
  TempFolder folder;
  WriteResults(SampleRecord(), folder / "r.h5").IgnoreError();
  return ReadFile(folder / "r.h5").value();
}

absl::Status ReadHdf5(const std::string& bytes, const std::string& folder) {
  WriteFile(folder + "/r.h5", bytes);
  return ReadResultsIsolated(folder + "/r.h5", {.processor_s = 5}).status();
}

constexpr char kContent[] = "these bytes";

absl::Status ReadSideRecord(const std::string& bytes, const std::string& folder) {
  WriteFile(DigestRecordPath(folder + "/r.h5"), bytes);
  return CheckDigest(folder + "/r.h5", kContent);
}

std::string JournalBytes() { return JournalFromRecord(SampleRecord()).value(); }

absl::Status ReadJournalBytes(const std::string& bytes, const std::string&) {
  return RecordFromJournal(bytes).status();
}

std::string FramesOf(const std::vector<std::string_view>& payloads) {
  std::string bytes;
  for (const std::string_view payload : payloads) bytes += EncodeFrame(payload).value();
  return bytes;
}

// Alone, as a journal's first frame, or else after the frames of a run that has not ended.
absl::Status ReadPayload(const std::string& bytes, const std::string&) {
  const absl::StatusOr<std::string> frame = EncodeFrame(bytes);
  if (!frame.ok()) return DataError("no frame can hold it");
  if (RecordFromJournal(*frame).ok()) return absl::OkStatus();
  const std::string journal = JournalBytes();
  std::vector<std::string_view> payloads = SplitFrames(journal).payloads;
  payloads.pop_back();
  return RecordFromJournal(FramesOf(payloads) + *frame).status();
}

// Behind the checksum: frames that hold mutants of the payloads of a valid journal.
Corpus PayloadCorpus() {
  const std::string journal = JournalBytes();
  Corpus corpus;
  // CBOR's arrays, maps, texts and counts.
  corpus.words = {"\x81", "\x9F", "\xA1\x61\x61", "\xBF", "\xBB\x3F\xFF", "\x7F", "\xFB", "\xC0"};
  for (const std::string_view payload : SplitFrames(journal).payloads) {
    // Some frames may not occur twice.
    if (ReadPayload(std::string(payload), "").ok()) corpus.files.emplace_back(payload);
  }
  return corpus;
}

}  // namespace

std::vector<Format> ResultsFormats() {
  return {
      {"results (HDF5, isolated reader)",
       [] {
         return Corpus{{ResultsBytes()}, {}};
       },
       ReadHdf5},
      {"results side record",
       [] {
         return Corpus{{Sha256Hex(kContent) + "  r.h5\n"}, {"\n", " ", "a"}};
       },
       ReadSideRecord},
      {"run journal",
       [] {
         return Corpus{{JournalBytes()}, {}};
       },
       ReadJournalBytes},
      {"run journal, checksums mended", PayloadCorpus, ReadPayload},
  };
}

}  // namespace bench::mutants
