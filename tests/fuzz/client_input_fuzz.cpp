#include <algorithm>
#include <cmath>
#include <string>

#include "tests/fuzz/fuzzing.hpp"
#include "tools/http/event_ring.hpp"
#include "tools/http/guards.hpp"
#include "tools/http/text.hpp"
#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/mesh/lives.hpp"
#include "tools/meshd/settings/passed_socket.hpp"
#include "tools/meshd/settings/service_options.hpp"
#include <cafmesh/actor_address.hpp>

// Feeds the input to one of the functions that read data from clients and
// operators of meshd. The first byte chooses the function.
namespace {

using namespace meshd;
using cafmesh::fuzz::require;

void read_etags(const std::string& text) {
  for (const auto& x : etags_of(text))
    require(!x.empty() && x.find(',') == x.npos && http::trimmed(x) == x,
            "an ETag is trimmed text without commas");
}

void read_message(const std::string& text) {
  auto body = object_in(text, {"message", "timeout_seconds"});
  auto all = message_of(body);
  require(!all.empty() && all.size() <= 50, "a message has 1 to 50 elements");
  for (const auto& x : all) {
    if (auto number = std::get_if<float>(&x))
      require(std::isfinite(*number), "a number is finite");
    if (auto number = std::get_if<double>(&x))
      require(std::isfinite(*number), "a number is finite");
  }
  auto limit = time_limit_of(body);
  require(limit.count() > 0 && limit <= std::chrono::minutes{1},
          "a time limit is positive and at most a minute");
}

void read_addresses(const std::string& text) {
  auto all = addresses_of(object_in(text, {"addresses"}));
  require(!all.empty() && all.size() <= 1000, "1 to 1000 addresses");
}

void read_number(const std::string& text) {
  require(number_to_add(object_in(text, {"add"})) <= 4'294'967'295,
          "a number to add has 32 bits");
}

void read_receiver(const std::string& text) {
  if (auto x = receiver_in(text))
    require(x->size() <= text.size(), "a name is part of the frame");
}

void read_time(const std::string& text) {
  if (auto x = parse_time(text))
    require(x->count() >= 0 && *x <= longest_time, "a time is within limits");
}

// A setting that is printed and read again must mean the same as before.
void read_setting(const std::string& text) {
  const auto& table = option_table();
  const std::size_t chosen =
    text.empty() ? 0 : static_cast<unsigned char>(text[0]);
  const auto& row = table[chosen % table.size()];
  service_options once, again;
  if (!row.apply({text.substr(text.empty() ? 0 : 1)}, once).empty())
    return;
  auto values = row.values(once);
  if (values.empty())
    return;
  require(row.apply(values, again).empty(), "a printed value is valid");
  require(row.values(again) == values, "a printed value means the same");
}

void read_host(const std::string& text) {
  const http::local_address own{"127.0.0.1", "8080", false};
  http::host_rules rules;
  rules.names = {"node.example", "[::1]:99"};
  if (http::check_host(rules, own, text))
    return;
  auto given = text.substr(text[0] == '[' ? 1 : 0);
  auto is_known = false;
  for (std::string name : {"127.0.0.1", "localhost", "node.example", "::1"}) {
    auto has_name = http::lower_case(given.substr(0, name.size())) == name;
    auto rest = has_name ? given.substr(name.size()) : "-";
    is_known = is_known || rest.empty() || rest[0] == ':' || rest[0] == '.'
               || rest[0] == ']';
  }
  require(is_known, "an allowed host has a known name");
}

void read_origin(const std::string& text) {
  auto is_own = http::lower_case(text) == "http://a:1";
  if (!http::check_origin(text, "a:1", false))
    require(is_own, "an allowed origin is the own site");
}

// A ring that has already dropped its first events.
const http::event_ring& some_events() {
  static const auto result = [] {
    http::event_ring ring{"e", 1000, 4};
    for (int i = 0; i < 10; ++i)
      ring.add({"put", "key", 10, [](unsigned) {
                  return std::string{"{}"};
                }});
    return ring;
  }();
  return result;
}

void read_last_event_id(const std::string& text) {
  const auto& ring = some_events();
  if (auto next = ring.after(text)) {
    require(ring.first() <= *next && *next <= ring.last() + 1,
            "an ID that is known leads to events that are there");
    require(text != ring.partial_id(), "a partial ID is rejected");
  }
  for (auto i = ring.first(); i <= ring.last(); ++i)
    require(ring.after(ring.id(i)) == i + 1, "an ID of the ring is known");
}

// Only meshd writes the file of lives, so a file that can be read must have
// exactly the text that meshd would write.
void read_lives(const std::string& text) {
  auto all = lives::parse(text);
  if (!all)
    return;
  require(all->all().size() <= lives::most, "the number of lives is limited");
  require(all->text() == text, "lives that are read are written as they were");
}

// The variables of systemd, one per line: LISTEN_PID, LISTEN_FDS and
// LISTEN_FDNAMES.
void read_passed_sockets(const std::string& text) {
  auto first = std::min(text.find('\n'), text.size());
  auto second = std::min(text.find('\n', first + 1), text.size());
  auto part = [&](std::size_t begin, std::size_t end) {
    // A variable of the environment ends at the first null byte.
    return begin < end ? std::string{text.substr(begin, end - begin).c_str()}
                       : std::string{};
  };
  auto pid = part(0, first), count = part(first + 1, second);
  auto names = part(second + 1, text.size());
  auto found = passed_socket(pid.c_str(), count.c_str(), names.c_str(), 7);
  if (found == -1)
    return;
  auto behind = static_cast<std::size_t>(found - first_passed_socket);
  require(found >= first_passed_socket && behind <= names.size(),
          "a socket that is found has a name");
  require(pid.find_first_not_of("07") == pid.npos, "it is for this process");
}

void read_actor_address(const std::string& text) {
  auto x = cafmesh::parse_actor_address(text);
  if (!x)
    return;
  auto again = cafmesh::parse_actor_address(to_string(*x));
  require(again && *again == *x, "a printed address means the same");
}

constexpr void (*readers[])(const std::string&) = {
  read_etags,         read_message,       read_addresses, read_number,
  read_receiver,      read_time,          read_setting,   read_host,
  read_origin,        read_last_event_id, read_lives,     read_passed_sockets,
  read_actor_address,
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  try {
    cafmesh::fuzz::read_with(readers, data, size);
  } catch (const problem& why) {
    require(why.status >= 400 && !why.code.empty(), "a problem has a code");
  }
  return 0;
}
