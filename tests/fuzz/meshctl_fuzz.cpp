#include <cmath>
#include <string>
#include <vector>

#include "tests/fuzz/fuzzing.hpp"
#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/http/endpoint.hpp"
#include "tools/meshctl/http/event_parser.hpp"
#include "tools/meshctl/text/encodings.hpp"
#include "tools/meshctl/text/http_date.hpp"
#include "tools/meshctl/text/terminal_text.hpp"
#include "tools/meshctl/text/units.hpp"

// Feeds the input to one of the functions that read data from meshd or from the
// user of meshctl. The first byte chooses the function.
namespace {

using namespace meshctl;
using cafmesh::byte_view;
using cafmesh::fuzz::require;

std::vector<std::string> events_in(byte_view all, std::uint8_t how) {
  event_parser parser;
  std::vector<std::string> result;
  cafmesh::fuzz::in_pieces(all, how, [&](byte_view piece) {
    return parser.feed(piece.as_text(), [&](const server_event& x) {
      result.push_back(x.id + '\n' + x.type + '\n' + x.data);
      require(!x.type.empty(), "an event has a type");
      return true;
    });
  });
  return result;
}

void read_events(const std::string& text) {
  if (text.empty())
    return;
  byte_view all{std::string_view{text}.substr(1)};
  auto how = static_cast<std::uint8_t>(text[0]);
  require(events_in(all, 0) == events_in(all, how),
          "pieces make no difference");
}

// An address that is printed and read again must mean the same as before.
void read_endpoint(const std::string& text) {
  auto once = parse_endpoint(text);
  if (once.host == "unix") // in front of a port, it reads as a path
    return;
  auto again = parse_endpoint(to_string(once));
  require(to_string(again) == to_string(once) && again.host == once.host
            && again.is_tls == once.is_tls && again.is_unix == once.is_unix,
          "a printed address means the same");
  require(is_private(again) == is_private(once), "it is as private");
  require(once.is_unix
            || host_header(once).find_first_of("\r\n") == std::string::npos,
          "a host is one line");
}

void read_time(const std::string& text) {
  if (auto x = parse_time(text))
    require(x->count() >= 0 && *x <= std::chrono::hours{24 * 366},
            "a time is at most a year");
}

void read_date(const std::string& text) {
  if (auto x = parse_http_date(text))
    require(std::isfinite(*x), "a date is a number");
}

void read_base64(const std::string& text) {
  require(from_base64(to_base64(text)) == text, "base64 keeps all bytes");
  if (auto x = from_base64(text))
    require(x->size() <= text.size() / 4 * 3, "base64 makes nothing up");
}

// Text that peers choose, such as nicknames, must not control the terminal.
void read_foreign_text(const std::string& text) {
  for (auto has_utf8 : {true, false}) {
    auto shown = visible(text, has_utf8);
    for (auto x : shown)
      require(static_cast<unsigned char>(x) >= ' ' && x != '\x7f'
                && (has_utf8 || static_cast<unsigned char>(x) < 0x80),
              "no control character reaches the terminal");
    for (std::size_t most : {1u, 5u, 80u})
      require(columns(cut(shown, most)) <= most, "text is cut");
  }
}

constexpr void (*readers[])(const std::string&) = {
  read_events, read_endpoint, read_time,
  read_date,   read_base64,   read_foreign_text,
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  try {
    cafmesh::fuzz::read_with(readers, data, size);
  } catch (const failure&) {
    // wrong input
  }
  return 0;
}
