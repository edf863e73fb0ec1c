#include "models/safetensors_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace bench::models {
namespace {

TEST(SafetensorsHeader, FormatsInOrderPaddedToEightBytes) {
  const SafetensorsHeader header{{{"b", "F32", {2}, 0, 8}, {"a", "U8", {}, 8, 9}}, {{"k", "v"}}};
  const std::string text = FormatHeader(header);
  EXPECT_EQ(text.size() % 8, 0U);
  EXPECT_EQ(text.substr(0, text.find_last_not_of(' ') + 1),
            R"({"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
            R"("a":{"dtype":"U8","shape":[],"data_offsets":[8,9]}})");
}

TEST(SafetensorsHeader, ParsesWhatItFormats) {
  const SafetensorsHeader header{{{"x\"\n", "BF16", {3, 0, 2}, 0, 0}, {"y", "I64", {1}, 0, 8}}, {}};
  const auto parsed = ParseHeader(FormatHeader(header), 8);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->entries.size(), 2U);
  EXPECT_EQ(parsed->entries[0].name, "x\"\n");
  EXPECT_EQ(parsed->entries[0].shape, (std::vector<int64_t>{3, 0, 2}));
  EXPECT_EQ(parsed->entries[1].dtype, "I64");
}

TEST(SafetensorsHeader, OrdersEntriesByOffset) {
  const auto parsed = ParseHeader(R"({"late":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},)"
                                  R"("early":{"data_offsets":[0,1],"shape":[],"dtype":"U8"}})",
                                  3);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->entries[0].name, "early");
}

struct BadHeader {
  const char* name;
  const char* json;
  const char* message;

  friend void PrintTo(const BadHeader& header, std::ostream* out) { *out << header.name; }
};

class SafetensorsHeaderErrors : public testing::TestWithParam<BadHeader> {};

TEST_P(SafetensorsHeaderErrors, AreDataErrorsThatNameTheTensor) {
  const auto parsed = ParseHeader(GetParam().json, 8);
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(parsed.status().message()), testing::HasSubstr(GetParam().message));
}

// Every buffer has 8 bytes.
constexpr BadHeader kBadHeaders[] = {
    {"NoBrace", "[]", "does not begin with {"},
    {"LeadingSpace", " {}", "does not begin with {"},
    {"Empty", "", "does not begin with {"},
    {"NotJson", "{\"w\"", "not UTF-8 JSON"},
    {"NotUtf8", "{\"w\xff\":{}}", "not UTF-8 JSON"},
    {"TextAfterObject", "{} x", "not UTF-8 JSON"},
    {"MissingBytes", "{}", "8 bytes after the header"},
    {"DuplicateTensor",
     R"({"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
     R"("w":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
     "tensor w is listed twice"},
    {"DuplicateKey", R"({"w":{"dtype":"U8","dtype":"U8","shape":[8],"data_offsets":[0,8]}})",
     "tensor w has the key \"dtype\" twice"},
    {"UnknownKey", R"({"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"x":1}})",
     "tensor w has the unknown key \"x\""},
    {"MissingKey", R"({"w":{"dtype":"U8","data_offsets":[0,8]}})", "tensor w has no shape"},
    {"Overlap",
     R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},)"
     R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
     "tensor b: it begins at byte 4, expected 5 (overlap)"},
    {"Hole",
     R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
     R"("b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
     "tensor b: it begins at byte 4, expected 3 (hole)"},
    {"Reversed", R"({"w":{"dtype":"U8","shape":[8],"data_offsets":[8,0]}})",
     "tensor w: its offsets are reversed"},
    {"OutOfRange", R"({"w":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}})",
     "tensor w: it ends at byte 9 of a buffer of 8 bytes"},
    {"TrailingBytes", R"({"w":{"dtype":"U8","shape":[7],"data_offsets":[0,7]}})",
     "1 bytes after the last tensor, w"},
    {"ShapeMismatch", R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})",
     "tensor w: its type and shape take 12 bytes, its offsets span 8"},
    {"ShapeOverflow",
     R"({"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}})",
     "tensor w: its shape overflows"},
    {"ShapeOverflowBesideZero",
     R"({"w":{"dtype":"U8","shape":[0,4294967296,4294967296,2],"data_offsets":[0,0]}})",
     "tensor w: its shape overflows"},
    {"DimensionOverflow",
     R"({"w":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,8]}})",
     "tensor w has a dimension that overflows"},
    {"NegativeDimension", R"({"w":{"dtype":"U8","shape":[-8],"data_offsets":[0,8]}})",
     "tensor w has a negative number"},
    {"FractionalDimension", R"({"w":{"dtype":"U8","shape":[8.0],"data_offsets":[0,8]}})",
     "tensor w has the number 8.0"},
    {"HugeOffset", R"({"w":{"dtype":"U8","shape":[8],"data_offsets":[0,1e400]}})",
     "not UTF-8 JSON"},
    {"ThreeOffsets", R"({"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8,8]}})",
     "tensor w has a third offset"},
    {"OneOffset", R"({"w":{"dtype":"U8","shape":[8],"data_offsets":[8]}})",
     "tensor w has data_offsets that are not two numbers"},
    {"UnknownDtype", R"({"w":{"dtype":"F7","shape":[8],"data_offsets":[0,8]}})",
     "tensor w: unknown dtype \"F7\""},
    {"DtypeIsNumber", R"({"w":{"dtype":1,"shape":[8],"data_offsets":[0,8]}})",
     "tensor w has a number"},
    {"TensorIsNumber", R"({"w":1})", "tensor w has a number"},
    {"TensorIsArray", R"({"w":[1]})", "tensor w has an array"},
    {"ShapeIsNull", R"({"w":{"dtype":"U8","shape":null,"data_offsets":[0,8]}})",
     "tensor w has null"},
    {"NestedArray", R"({"w":{"dtype":"U8","shape":[[8]],"data_offsets":[0,8]}})",
     "tensor w has an array"},
    {"NestedObject", R"({"w":{"dtype":{"a":1},"shape":[8],"data_offsets":[0,8]}})",
     "tensor w has an object"},
    {"MetadataNotText", R"({"__metadata__":{"a":1}})", "tensor __metadata__ has a number"},
};

INSTANTIATE_TEST_SUITE_P(, SafetensorsHeaderErrors, testing::ValuesIn(kBadHeaders),
                         [](const auto& test) { return std::string(test.param.name); });

// Tensors listed behind it would vanish.
TEST(SafetensorsHeader, ANulByteIsAnErrorAndNotTheEnd) {
  const std::string whole = R"({"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}})";
  ASSERT_TRUE(ParseHeader(whole + "  ", 8).ok());
  for (const size_t at : {size_t{1}, whole.size() - 1, whole.size()}) {
    std::string text = whole + "  ";
    text.insert(at, 1, '\0');
    EXPECT_EQ(ParseHeader(text, 8).status().message(),
              absl::StrCat("the header is not UTF-8 JSON (byte ", at + 1, ")"));
  }
}

TEST(SafetensorsHeader, DeepNestingIsRefusedAtOnce) {
  const std::string json = "{\"w\":{\"shape\":" + std::string(2'000'000, '[');
  EXPECT_FALSE(ParseHeader(json, 0).ok());
}

}  // namespace
}  // namespace bench::models
