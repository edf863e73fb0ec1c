#include "results/exports/protobuf_writer.h"

#include <gtest/gtest.h>

#include <string>

namespace bench::results {
namespace {

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (const int byte : bytes) out.push_back(static_cast<char>(byte));
  return out;
}

// The examples of the encoding's specification: Test1 {a: 150}, Test2 {b: "testing"}, and a
// Test3 {c: {a: 150}}.
TEST(ProtobufWriter, WritesThePublishedExamples) {
  ProtobufWriter inner;
  inner.Varint(1, 150);
  EXPECT_EQ(inner.bytes(), Bytes({0x08, 0x96, 0x01}));
  ProtobufWriter text;
  text.Bytes(2, "testing");
  EXPECT_EQ(text.bytes(), Bytes({0x12, 0x07}) + "testing");
  ProtobufWriter outer;
  outer.Bytes(3, inner.bytes());
  EXPECT_EQ(outer.bytes(), Bytes({0x1A, 0x03, 0x08, 0x96, 0x01}));
}

// -2 as int64: "fe ff ff ff ff ff ff ff ff 01", also from the specification.
TEST(ProtobufWriter, ANegativeIntegerTakesTenBytes) {
  ProtobufWriter out;
  out.Varint(1, -2);
  EXPECT_EQ(out.bytes(), Bytes({0x08, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}));
}

// IEEE 754: 1.0 is 0x3FF0000000000000, 1.5f is 0x3FC00000.
TEST(ProtobufWriter, FloatsAreLittleEndian) {
  ProtobufWriter out;
  out.Double(1, 1.0).Float(2, 1.5F);
  EXPECT_EQ(out.bytes(), Bytes({0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x15, 0x00, 0x00, 0xC0, 0x3F}));
}

TEST(ProtobufWriter, AFieldAboveFifteenHasAKeyOfTwoBytes) {
  ProtobufWriter out;
  out.Varint(16, 0);  // 16 << 3 = 128
  EXPECT_EQ(out.bytes(), Bytes({0x80, 0x01, 0x00}));
}

}  // namespace
}  // namespace bench::results
