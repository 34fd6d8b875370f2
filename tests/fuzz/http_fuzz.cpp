#include <charconv>
#include <string>
#include <vector>

#include "tests/fuzz/fuzzing.hpp"
#include "tests/support/http_in_memory.hpp"

// Feeds the input to a connection of the HTTP server, once as a whole and once
// in pieces. The answers must be the same.
namespace {

using namespace cafmesh;

struct answer {
  int status = 0;
  std::string body;
};

std::shared_ptr<http::server_parts> make_server() {
  http::server_options options;
  options.hosts.any = true;
  options.limits.header_bytes = 1024;
  options.limits.uri_bytes = 512;
  options.limits.body_bytes = 4096;
  auto result = std::make_shared<http::server_parts>(std::move(options));
  auto& to = result->paths;
  to.add("GET", "/", [](const auto&, const http::responder& back) {
    back.send({200, "text/plain", "get"});
  });
  to.add("GET", "/{name}/{rest...}",
         [](const http::request& x, const http::responder& back) {
           std::string text{x.parameter("rest")};
           text += x.query("q").value_or("-");
           text += x.header("last-event-id").value_or("-");
           back.send({200, "text/plain", text});
         });
  http::route_options any;
  any.any_content_type = true;
  to.add(
    "POST", "/",
    [](const http::request& x, const http::responder& back) {
      back.send({200, "text/plain", x.body()});
    },
    any);
  to.add("GET", "/dropped", [](const auto&, const http::responder&) {});
  return result;
}

// Splits the server's output into answers. The caller must not pass output if
// the input contains `HEAD`, because an answer to HEAD announces a body but has
// none.
std::vector<answer> answers_in(std::string_view text, bool& is_whole) {
  std::vector<answer> result;
  constexpr std::string_view continues = "HTTP/1.1 100 Continue\r\n\r\n";
  constexpr std::string_view length = "\r\nContent-Length: ";
  while (!text.empty()) {
    if (text.substr(0, continues.size()) == continues) {
      text.remove_prefix(continues.size());
      continue;
    }
    fuzz::require(text.substr(0, 9) == "HTTP/1.1 ", "what is said is HTTP");
    auto end = text.find("\r\n\r\n");
    fuzz::require(end != text.npos, "an answer has a whole header");
    answer x;
    std::from_chars(text.data() + 9, text.data() + 12, x.status);
    auto at = text.substr(0, end).find(length);
    std::size_t size = 0;
    if (at != text.npos)
      std::from_chars(text.data() + at + length.size(), text.data() + end,
                      size);
    text.remove_prefix(end + 4);
    is_whole = size <= text.size();
    if (!is_whole)
      break;
    x.body = text.substr(0, size);
    text.remove_prefix(size);
    result.push_back(std::move(x));
  }
  return result;
}

std::string said_to(byte_view all, std::uint8_t how) {
  static auto server = make_server();
  http_in_memory::client one{server};
  fuzz::in_pieces(all, how, [&one](byte_view piece) {
    one.send(piece.as_text());
    return !one.own->is_closed();
  });
  auto result = one.got();
  one.end();
  result += one.got();
  one.own->close();
  one.run();
  fuzz::require(server->clients.connections() == 0,
                "a closed connection is not counted");
  fuzz::require(server->memory->total() == 0,
                "nothing is held for a closed connection");
  return result;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  byte_view all{data + 1, size - 1};
  auto has_head = all.as_text().find("HEAD") != std::string_view::npos;
  bool is_whole = true;
  auto whole = said_to(all, 0);
  auto in_pieces = said_to(all, data[0]);
  if (has_head)
    return 0;
  auto x = answers_in(whole, is_whole);
  fuzz::require(is_whole, "an answer has the length that it says");
  auto y = answers_in(in_pieces, is_whole);
  // The pieces in which a request arrives may decide which of its errors is
  // found first, but not which request is the first with an error.
  auto is_error = [](const answer& each) {
    return each.status >= 400;
  };
  auto until = std::find_if(x.begin(), x.end(), is_error) - x.begin();
  auto until_too = std::find_if(y.begin(), y.end(), is_error) - y.begin();
  fuzz::require(until == until_too, "pieces make no difference");
  for (std::ptrdiff_t i = 0; i < until; ++i)
    fuzz::require(x[static_cast<std::size_t>(i)].body
                    == y[static_cast<std::size_t>(i)].body,
                  "the content of an answer does not depend on pieces");
  return 0;
}
