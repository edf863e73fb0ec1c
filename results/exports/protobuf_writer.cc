#include "results/exports/protobuf_writer.h"

#include <bit>

namespace bench::results {
namespace {

enum WireType { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };
constexpr int kBitsOfKey = 3;
constexpr int kBitsOfVarint = 7;
constexpr uint64_t kContinues = 0x80;
constexpr int kBitsOfByte = 8;

}  // namespace

void AppendLittleEndian(uint64_t value, int size, std::string* out) {
  for (int i = 0; i < size; ++i) {
    out->push_back(static_cast<char>(value & 0xFF));
    value >>= kBitsOfByte;
  }
}

void ProtobufWriter::AppendVarint(uint64_t value) {
  while (value >= kContinues) {
    bytes_.push_back(static_cast<char>((value & (kContinues - 1)) | kContinues));
    value >>= kBitsOfVarint;
  }
  bytes_.push_back(static_cast<char>(value));
}

void ProtobufWriter::Key(int field, int wire_type) {
  AppendVarint(static_cast<uint64_t>(field) << kBitsOfKey | static_cast<uint64_t>(wire_type));
}

ProtobufWriter& ProtobufWriter::Varint(int field, int64_t value) {
  Key(field, kVarint);
  AppendVarint(static_cast<uint64_t>(value));
  return *this;
}

ProtobufWriter& ProtobufWriter::Double(int field, double value) {
  Key(field, kFixed64);
  AppendLittleEndian(std::bit_cast<uint64_t>(value), sizeof(value), &bytes_);
  return *this;
}

ProtobufWriter& ProtobufWriter::Float(int field, float value) {
  Key(field, kFixed32);
  AppendLittleEndian(std::bit_cast<uint32_t>(value), sizeof(value), &bytes_);
  return *this;
}

ProtobufWriter& ProtobufWriter::Bytes(int field, std::string_view bytes) {
  Key(field, kLengthDelimited);
  AppendVarint(bytes.size());
  bytes_ += bytes;
  return *this;
}

}  // namespace bench::results
