#include "base/wire_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "base/status.h"

namespace bench {
namespace {

using testing::HasSubstr;

struct Seen {
  uint64_t tag, number;
  std::string bytes;
  bool operator==(const Seen&) const = default;
};

absl::Status Read(std::string_view message, std::vector<Seen>& seen) {
  return ForEachField(message, [&](const WireField& field) {
    seen.push_back({field.tag, field.number, std::string(field.bytes)});
    return absl::OkStatus();
  });
}

// The examples of protobuf.dev's "Encoding": 1: 150; 2: "testing"; and by hand a float (tag 5, wire
// type 5: key 0x2d) and a double (tag 1, wire type 1: key 0x09).
TEST(WireFormat, ReadsEveryWireType) {
  std::vector<Seen> seen;
  const std::string message = std::string("\x08\x96\x01") + "\x12\x07testing" +
                              std::string("\x2d\x00\x00\x80\x3f", 5) +
                              std::string("\x09\x00\x00\x00\x00\x00\x00\xf0\x3f", 9);
  ASSERT_TRUE(Read(message, seen).ok());
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(seen[0], (Seen{1, 150, ""}));
  EXPECT_EQ(seen[1], (Seen{2, 0, "testing"}));
  EXPECT_EQ(std::bit_cast<float>(static_cast<uint32_t>(seen[2].number)), 1.0f);
  EXPECT_EQ(std::bit_cast<double>(seen[3].number), 1.0);
}

TEST(WireFormat, RefusesWhatIsNoMessage) {
  std::vector<Seen> seen;
  EXPECT_THAT(Read("\x12\x07test", seen).message(), HasSubstr("ends too early"));
  EXPECT_THAT(Read("\x08\xff", seen).message(), HasSubstr("ends too early"));
  EXPECT_THAT(Read("\x0b", seen).message(), HasSubstr("unknown wire type"));
  EXPECT_THAT(Read(std::string("\x08") + std::string(10, '\xff'), seen).message(),
              HasSubstr("more than 64 bits"));
  EXPECT_EQ(ExitCodeFor(Read("\x0b", seen)), ExitCode::kBadData);
}

TEST(WireFormat, EndsWithTheFirstErrorOfTheReader) {
  int num_fields = 0;
  const absl::Status status = ForEachField("\x08\x01\x08\x02", [&](const WireField&) {
    ++num_fields;
    return DataError("no");
  });
  EXPECT_EQ(status.message(), "no");
  EXPECT_EQ(num_fields, 1);
}

}  // namespace
}  // namespace bench
