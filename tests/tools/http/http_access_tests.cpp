#include <boost/test/unit_test.hpp>

#include "tests/support/http_in_memory.hpp"
#include "tools/http/event_source.hpp"

using http_in_memory::client;

// Tests of what becomes of requests and streams when the tokens change.
namespace {

struct fixture {
  fixture() {
    shared->set_tokens("reader", "writer");
    auto& paths = shared->paths;
    paths.add("GET", "/events", [this](const auto&, const auto& back) {
      source.subscribe(back, {});
    });
    http::route_options writing;
    writing.needs = http::access::write;
    paths.add(
      "GET", "/socket",
      [](const auto&, const http::responder& back) {
        back.open_socket({}, {});
      },
      writing);
    paths.add("PUT", "/x", [](const auto&, const http::responder& back) {
      back.send({200, "text/plain", "done"});
    });
  }

  void ask(client& x, const std::string& line, const std::string& token,
           const std::string& more = {}) {
    x.send(line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
           + token + "\r\n" + more + "\r\n");
  }
  void open_socket(client& x) {
    ask(x, "GET /socket", "writer",
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        "Sec-WebSocket-Version: 13\r\n");
    BOOST_TEST(x.line->has_upgraded);
  }

  std::shared_ptr<http::server_parts> shared =
    std::make_shared<http::server_parts>(http::server_options{});
  http::event_source source{{"e", 10'000, 100}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_access_tests, fixture)

BOOST_AUTO_TEST_CASE(a_stream_ends_once_its_token_is_withdrawn) {
  client reading{shared}, writing{shared}, socket{shared};
  ask(reading, "GET /events", "reader");
  ask(writing, "GET /events", "writer");
  open_socket(socket);
  shared->set_tokens("reader", "another");
  for (auto x : {&reading, &writing, &socket})
    x->own->check_stream();
  BOOST_TEST(!reading.own->is_closed());
  BOOST_TEST(writing.own->is_closed());
  BOOST_TEST(socket.own->is_closed());
  BOOST_TEST(shared->clients.streams() == 1u);
  source.publish("t", "1");
  BOOST_TEST(reading.got().find("data: 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_stream_needs_the_level_that_it_needed_at_first) {
  client events{shared}, socket{shared};
  ask(events, "GET /events", "writer");
  open_socket(socket);
  shared->set_tokens("writer", "another");
  events.own->check_stream();
  socket.own->check_stream();
  BOOST_TEST(!events.own->is_closed());
  BOOST_TEST(socket.own->is_closed());
}

BOOST_AUTO_TEST_CASE(streams_of_clients_without_a_token_end_if_one_is_needed) {
  shared->set_tokens("", "");
  client one{shared};
  one.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  one.own->check_stream();
  BOOST_TEST(!one.own->is_closed());
  shared->set_tokens("", "writer");
  one.own->check_stream();
  BOOST_TEST(one.own->is_closed());
}

BOOST_AUTO_TEST_CASE(a_token_is_withdrawn_while_a_body_arrives) {
  client one{shared};
  ask(one, "PUT /x", "writer",
      "Content-Type: application/json\r\nContent-Length: 2\r\n");
  one.send("{");
  shared->set_tokens("reader", "another");
  one.send("}");
  auto got = one.got();
  BOOST_TEST(got.substr(0, 12) == "HTTP/1.1 403");
  BOOST_TEST(got.find("token_refused") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
