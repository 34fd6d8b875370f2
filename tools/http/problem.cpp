#include "tools/http/problem.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "tools/http/hints.hpp"

namespace http {

namespace {

struct status_reason {
  int status;
  std::string_view reason;
};

constexpr status_reason reasons[] = {
  {100, "Continue"},
  {101, "Switching Protocols"},
  {200, "OK"},
  {201, "Created"},
  {202, "Accepted"},
  {204, "No Content"},
  {206, "Partial Content"},
  {301, "Moved Permanently"},
  {302, "Found"},
  {303, "See Other"},
  {304, "Not Modified"},
  {307, "Temporary Redirect"},
  {308, "Permanent Redirect"},
  {400, "Bad Request"},
  {401, "Unauthorized"},
  {403, "Forbidden"},
  {404, "Not Found"},
  {405, "Method Not Allowed"},
  {406, "Not Acceptable"},
  {408, "Request Timeout"},
  {409, "Conflict"},
  {410, "Gone"},
  {411, "Length Required"},
  {412, "Precondition Failed"},
  {413, "Content Too Large"},
  {414, "URI Too Long"},
  {415, "Unsupported Media Type"},
  {416, "Range Not Satisfiable"},
  {417, "Expectation Failed"},
  {421, "Misdirected Request"},
  {422, "Unprocessable Content"},
  {426, "Upgrade Required"},
  {428, "Precondition Required"},
  {429, "Too Many Requests"},
  {431, "Request Header Fields Too Large"},
  {500, "Internal Server Error"},
  {501, "Not Implemented"},
  {502, "Bad Gateway"},
  {503, "Service Unavailable"},
  {504, "Gateway Timeout"},
  {505, "HTTP Version Not Supported"},
  {507, "Insufficient Storage"},
};

// The size of the UTF-8 sequence at the start of the text, or 0 if this
// sequence is invalid.
std::size_t sequence_size(std::string_view x) {
  auto byte = [x](std::size_t i) {
    return static_cast<unsigned char>(x[i]);
  };
  auto first = byte(0);
  if (first < 0x80)
    return 1;
  std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || size > x.size())
    return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(i) & 0xc0u) != 0x80)
      return 0;
  auto second = byte(1);
  auto is_overlong =
    (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  auto is_no_character =
    (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return is_overlong || is_no_character ? 0 : size;
}

void append_escaped(std::string& to, char x) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (x) {
  case '"':
  case '\\':
    to += '\\';
    to += x;
    break;
  case '\n':
    to += "\\n";
    break;
  default:
    to += "\\u00";
    to += digits[static_cast<unsigned char>(x) >> 4];
    to += digits[static_cast<unsigned char>(x) & 15];
  }
}

} // namespace

void append_json(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    auto x = text.front();
    auto size = sequence_size(text);
    if (size == 0)
      to += "\xef\xbf\xbd";
    else if (size == 1
             && (static_cast<unsigned char>(x) < 0x20 || x == '"' || x == '\\'
                 || x == 0x7f))
      append_escaped(to, x);
    else
      to += text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  to += '"';
}

std::string to_json(const problem& x) {
  std::string result = R"({"type":"about:blank","title":)";
  append_json(result, reason_of(x.status));
  result += ",\"status\":" + std::to_string(x.status) + ",\"code\":";
  append_json(result, x.code);
  result += ",\"detail\":";
  append_json(result, x.detail);
  auto hint = x.hint.empty() ? usual_hint(x.code) : std::string_view{x.hint};
  if (!hint.empty()) {
    result += ",\"hint\":";
    append_json(result, hint);
  }
  return result + "}\n";
}

std::string_view reason_of(int status) {
  for (const auto& x : reasons)
    if (x.status == status)
      return x.reason;
  return "Unknown";
}

} // namespace http
