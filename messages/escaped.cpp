#include <cafmesh/escaped.hpp>

namespace cafmesh {

namespace {

std::string escape(std::string_view text, std::size_t limit) {
  constexpr char digits[] = "0123456789abcdef";
  std::string result;
  for (char c : text.substr(0, limit)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e || c == '\'' || c == '\\') {
      result += "\\x";
      result += digits[byte >> 4];
      result += digits[byte & 15];
    } else {
      result += c;
    }
  }
  return result;
}

} // namespace

std::string escaped_in_quotes(std::string_view text, std::size_t limit) {
  return "'" + escape(text, limit) + (text.size() > limit ? "'..." : "'");
}

std::string escaped(std::string_view text, std::size_t limit) {
  return escape(text, limit) + (text.size() > limit ? "..." : "");
}

} // namespace cafmesh
