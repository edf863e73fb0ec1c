#include "harness/corpus/packed_bytes.h"

#include <gtest/gtest.h>

#include "harness/corpus/corpus_report.h"
#include "harness/corpus/document.h"

namespace bench::corpus {
namespace {

Document Named(const std::string& id) { return {id, "text of " + id, "source", "en"}; }

CorpusReport SomeReport() {
  CorpusReport report;
  report.read[{"source", "en"}].Add(10);
  report.kept[{"source", "en"}].Remove(3);
  report.held_out_places.Add(0.25);
  for (const char* id : {"a#1", "b\xff#2", "c#3"}) report.removed.Add("c4", "short", Named(id));
  report.shortened["pii"].Add(-4);
  report.rejected.Add("source", {"d#1", "not valid UTF-8 at byte 4", "not valid UTF-8"});
  report.dropped_lines[1] = 7;
  report.masked["email"] = 2;
  report.contaminated = {{0, 0}, {1, 35}};
  return report;
}

TEST(PackedBytes, AReportComesBackAsItWas) {
  const std::string bytes = Packed(SomeReport());
  const auto back = Unpacked<CorpusReport>(bytes);
  ASSERT_TRUE(back);
  const CorpusReport expected = SomeReport();
  EXPECT_EQ(back->read, expected.read);
  EXPECT_EQ(back->kept, expected.kept);
  EXPECT_EQ(back->held_out_places.least, 0.25);
  EXPECT_EQ(back->held_out_places.most, 0.25);
  EXPECT_EQ(back->shortened, expected.shortened);
  EXPECT_EQ(back->dropped_lines, expected.dropped_lines);
  EXPECT_EQ(back->masked, expected.masked);
  EXPECT_EQ(back->contaminated, expected.contaminated);
  const RuleRemovals& removals = back->removed.rules().at({"c4", "short"});
  EXPECT_EQ(removals.num_documents, 3);
  EXPECT_EQ(removals.samples, expected.removed.rules().at({"c4", "short"}).samples);
  EXPECT_EQ(back->rejected.num_rejected(), 1);
  EXPECT_EQ(back->rejected.reasons().at("not valid UTF-8").first, "source/d#1");
  EXPECT_EQ(back->rejected.named().begin()->second.rejection.reason, "not valid UTF-8 at byte 4");
  // What was read back counts on.
  CorpusReport sum = *back;
  sum.Merge(*back);
  EXPECT_EQ(sum.rejected.reasons().at("not valid UTF-8").count, 2);
}

TEST(PackedBytes, BytesThatAreCutOrTooManyAreRefused) {
  const std::string bytes = Packed(SomeReport());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Unpacked<CorpusReport>(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(Unpacked<CorpusReport>(bytes + "x"));
}

TEST(PackedBytes, ALengthBeyondTheBytesAllocatesNothing) {
  const std::string huge(8, '\xff');
  EXPECT_FALSE(Unpacked<std::string>(huge));
  EXPECT_FALSE(Unpacked<std::vector<std::string>>(huge));
  EXPECT_FALSE((Unpacked<std::map<std::string, int64_t>>(huge)));
}

}  // namespace
}  // namespace bench::corpus
