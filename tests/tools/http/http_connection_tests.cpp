#include <boost/test/unit_test.hpp>

#include "tests/support/http_in_memory.hpp"

using http_in_memory::client;
using std::chrono::seconds;

// Tests of one connection of the HTTP server: requests, answers, timeouts and
// limits.
namespace {

struct fixture {
  fixture() {
    auto& to = shared->paths;
    to.add("GET", "/now", [](const auto&, const http::responder& back) {
      back.send({200, "", "now"});
    });
    to.add("GET", "/late", [this](const auto&, const http::responder& back) {
      back.on_gone([this] { ++gone; });
      held = back;
    });
    to.add("PUT", "/body",
           [](const http::request& x, const http::responder& back) {
             back.send({200, "", std::to_string(x.body().size())});
           });
  }

  static std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  }

  static int status(const std::string& answer) {
    return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
  }

  std::shared_ptr<http::server_parts> shared =
    std::make_shared<http::server_parts>(http::server_options{});
  http::responder held;
  int gone = 0;
};

bool ends_with(const std::string& x, std::string_view end) {
  return x.size() >= end.size() && x.substr(x.size() - end.size()) == end;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_connection_tests, fixture)

BOOST_AUTO_TEST_CASE(only_the_first_answer_counts) {
  client one{shared};
  one.send(get("/late"));
  BOOST_TEST(one.got() == "");
  held.send({200, "", "first"});
  held.send({200, "", "second"});
  BOOST_TEST(ends_with(one.got(), "\r\n\r\nfirst"));
  held = {};
  BOOST_TEST(one.got() == "");
}

// Inserts a wrong byte at each position of a request's header. Then sends the
// rest of the header, or nothing.
BOOST_AUTO_TEST_CASE(
  a_header_that_breaks_anywhere_ends_in_an_answer_or_a_wait) {
  const std::string good = get("/now");
  for (std::size_t i = 0; i < good.size(); ++i)
    for (char bad : {'\0', '\x01', '\r', '\n', ' ', ':', '\x7f', '\xff'})
      for (auto rest : {good.substr(i), std::string{}}) {
        client one{shared};
        one.send(good.substr(0, i) + bad + rest);
        auto got = one.got();
        BOOST_TEST((got.empty() || status(got) == 200 || status(got) >= 400),
                   i << ": " << got);
      }
}

BOOST_AUTO_TEST_CASE(one_request_is_in_work_at_a_time) {
  client one{shared};
  one.send(get("/late") + get("/now"));
  BOOST_TEST(one.got() == "");
  held.send({200, "", "late"});
  auto got = one.got();
  BOOST_TEST(got.find("late") < got.find("now"));
}

BOOST_AUTO_TEST_CASE(a_request_without_an_answer_times_out_and_is_given_up) {
  client one{shared};
  one.send(get("/late"));
  one.wait(seconds{29});
  BOOST_TEST(one.got() == "");
  one.wait(seconds{1});
  BOOST_TEST(status(one.got()) == 504);
  BOOST_TEST(gone == 1);
  held.send({200, "", "too late"});
  BOOST_TEST(one.got() == "");
  one.send(get("/now"));
  BOOST_TEST(ends_with(one.got(), "now"));
}

BOOST_AUTO_TEST_CASE(a_handler_may_take_longer_if_it_says_so) {
  client one{shared};
  one.send(get("/late"));
  held.set_timeout(seconds{60});
  one.wait(seconds{59});
  BOOST_TEST(one.got() == "");
  one.wait(seconds{1});
  BOOST_TEST(status(one.got()) == 504);
}

BOOST_AUTO_TEST_CASE(a_handler_may_say_what_a_late_client_gets) {
  client one{shared};
  one.send(get("/late"));
  held.set_timeout(seconds{3}, {503, "", "asleep"});
  one.wait(seconds{2});
  BOOST_TEST(one.got() == "");
  one.wait(seconds{1});
  auto got = one.got();
  BOOST_TEST(status(got) == 503);
  BOOST_TEST(ends_with(got, "asleep"));
  BOOST_TEST(gone == 1);
  held.send({200, "", "too late"});
  BOOST_TEST(one.got() == "");
}

BOOST_AUTO_TEST_CASE(a_late_answer_is_not_sent_to_a_client_that_has_one) {
  client one{shared};
  one.send(get("/late"));
  held.set_timeout(seconds{3}, {503, "", "asleep"});
  held.send({200, "", "awake"});
  one.wait(seconds{4});
  BOOST_TEST(ends_with(one.got(), "awake"));
}

BOOST_AUTO_TEST_CASE(a_dropped_request_is_answered) {
  client one{shared};
  one.send(get("/late"));
  held = {};
  BOOST_TEST(status(one.got()) == 500);
}

BOOST_AUTO_TEST_CASE(a_client_that_closes_its_end_may_still_be_answered) {
  client one{shared};
  one.send(get("/late"));
  one.end();
  BOOST_TEST(gone == 1);
  held.send({200, "", "late"});
  BOOST_TEST(ends_with(one.got(), "late"));
  BOOST_TEST(one.own->is_closed());
}

BOOST_AUTO_TEST_CASE(an_answer_after_the_end_has_no_effect) {
  {
    client one{shared};
    one.send(get("/late"));
  }
  BOOST_TEST(gone == 1);
  held.send({200, "", "late"});
  held.open_events().send("x");
  bool told = false;
  held.on_gone([&told] { told = true; });
  BOOST_TEST(told);
}

BOOST_AUTO_TEST_CASE(a_callback_that_holds_its_request_is_no_circle) {
  std::weak_ptr<int> watched;
  {
    client one{shared};
    one.send(get("/late"));
    auto token = std::make_shared<int>();
    watched = token;
    held.on_gone([back = held, token] {});
    held.send({200, "", "x"});
  }
  BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(a_silent_client_is_closed_and_a_slow_header_refused) {
  client silent{shared};
  silent.wait(seconds{10});
  BOOST_TEST(silent.own->is_closed());
  client slow{shared};
  slow.send("GET /now HTTP/1.1\r\n");
  for (int i = 0; i < 9; ++i) {
    slow.wait(seconds{1});
    slow.send("X: y\r\n");
  }
  BOOST_TEST(slow.got() == "");
  slow.wait(seconds{1});
  BOOST_TEST(status(slow.got()) == 408);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_after_a_minute) {
  client one{shared};
  one.send(get("/now"));
  one.wait(seconds{59});
  BOOST_TEST(!one.own->is_closed());
  one.wait(seconds{1});
  BOOST_TEST(one.own->is_closed());
}

BOOST_AUTO_TEST_CASE(a_body_may_be_slow_but_not_slower_than_the_minimum_rate) {
  auto header = "PUT /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                "50000\r\nContent-Type: application/octet-stream\r\n\r\n";
  client steady{shared};
  steady.send(header);
  for (int i = 0; i < 50; ++i) {
    steady.wait(seconds{1});
    steady.send(std::string(1000, 'x'));
  }
  BOOST_TEST(ends_with(steady.got(), "50000"));
  client slow{shared};
  slow.send(header);
  for (int i = 0; i < 11; ++i) {
    slow.send("x");
    slow.wait(seconds{1});
  }
  BOOST_TEST(status(slow.got()) == 408);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_closed) {
  client one{shared};
  one.line->client_reads = false;
  one.send(get("/now"));
  one.wait(seconds{9});
  BOOST_TEST(!one.own->is_closed());
  one.wait(seconds{2});
  BOOST_TEST(one.own->is_closed());
}

BOOST_AUTO_TEST_CASE(a_refused_body_is_drained_so_that_the_answer_arrives) {
  client one{shared};
  one.send("PUT /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
           "2000000\r\nContent-Type: application/octet-stream\r\n\r\n");
  BOOST_TEST(status(one.got()) == 413);
  one.send(std::string(10'000, 'x'));
  BOOST_TEST(!one.own->is_closed());
  one.end();
  BOOST_TEST(one.own->is_closed());
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_ends_what_waits_and_answers_the_rest) {
  client idle{shared};
  client busy{shared};
  busy.send(get("/late"));
  idle.own->wind_up();
  busy.own->wind_up();
  BOOST_TEST(idle.own->is_closed());
  BOOST_TEST(!busy.own->is_closed());
  held.send({200, "", "late"});
  auto got = busy.got();
  BOOST_TEST(got.find("Connection: close") != std::string::npos);
  BOOST_TEST(ends_with(got, "late"));
}

BOOST_AUTO_TEST_SUITE_END()
