// CRC-32C (Castagnoli, RFC 3720 appendix B.4): polynomial 0x1EDC6F41 reflected, initial value and
// final XOR 0xFFFFFFFF.
#pragma once

#include <cstdint>
#include <string_view>

namespace bench::results {

uint32_t Crc32c(std::string_view bytes);

}  // namespace bench::results
