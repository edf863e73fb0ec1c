// Writes messages in the wire format of Protocol Buffers, field by field: what an event file of
// TensorBoard takes, without its schema as a dependency.
//
// A field is a varint key, (number << 3) | wire type, and its value: varint (0), 64 bits (1),
// length and bytes (2), 32 bits (5), all little-endian. Negative integers are ten bytes (two's
// complement, as int64 fields are). The fields of a message are appended in the order of the calls.
// Source: protobuf.dev/programming-guides/encoding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bench::results {

class ProtobufWriter {
 public:
  ProtobufWriter& Varint(int field, int64_t value);
  ProtobufWriter& Double(int field, double value);
  ProtobufWriter& Float(int field, float value);
  // Text, bytes, or the bytes of a message.
  ProtobufWriter& Bytes(int field, std::string_view bytes);

  const std::string& bytes() const { return bytes_; }

 private:
  void Key(int field, int wire_type);
  void AppendVarint(uint64_t value);

  std::string bytes_;
};

// `value` in `size` bytes, the lowest first.
void AppendLittleEndian(uint64_t value, int size, std::string* out);

}  // namespace bench::results
