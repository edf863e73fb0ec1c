// The answer of a web server as it stands in an archive: status, headers, and the body without the
// codings of its transport.
//
// Transfer-Encoding: chunked is undone where the body has that form (archives that undid it keep
// the header); Content-Encoding: gzip and deflate are undone where the body begins as such a
// stream, within `max_bytes` and the ratio of byte_source.h. Source: RFC 9112, 9110.
// Errors: DataError for what is no HTTP response, for a body that is cut or too large, and for
// another coding (br, zstd), which is named.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace bench::corpus {

struct HttpResponse {
  int status = 0;
  std::string content_type;
  std::string body;
};

absl::StatusOr<HttpResponse> ParseHttpResponse(std::string_view bytes, int64_t max_bytes);

}  // namespace bench::corpus
