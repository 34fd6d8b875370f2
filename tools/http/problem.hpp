#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

using header = std::pair<std::string, std::string>;

/// An error as a client sees it: the "problem details" of RFC 9457.
struct problem {
  int status = 500;
  std::string code;              ///< stable, for programs, such as `too_large`
  std::string detail;            ///< one sentence about this case; may be empty
  std::string hint{};            ///< advice; if empty, `usual_hint` applies
  std::vector<header> headers{}; ///< headers to send, e.g. `Retry-After`
};

/// JSON with the members `type`, `title`, `status`, `code`, `detail` and, if
/// there is a hint, `hint`.
std::string to_json(const problem& x);

/// The reason phrase of a status; `Unknown` for a status without one.
std::string_view reason_of(int status);

/// Appends text as a JSON string with its quotes. Bytes that are not UTF-8
/// become U+FFFD.
void append_json(std::string& to, std::string_view text);

} // namespace http
