#include <boost/test/unit_test.hpp>

#include "tests/support/http_in_memory.hpp"
#include "tools/http/event_ring.hpp"
#include "tools/http/event_source.hpp"

using http::event_ring;
using http_in_memory::client;
using namespace std::string_literals;

// Tests of streams of server-sent events: how clients resume them, and what
// happens to clients that do not read.
namespace {

struct fixture {
  fixture() {
    shared->paths.add("GET", "/events",
                      [this](const auto&, const http::responder& back) {
                        http::subscription x;
                        x.snapshot = snapshot;
                        x.snapshot_is_exact = is_exact;
                        x.variant = variant;
                        x.on_end = [this] {
                          ++ended;
                        };
                        x.stream.most_bytes = 2000;
                        source.subscribe(back, std::move(x));
                      });
  }

  void subscribe(client& x, const std::string& more = {}) {
    x.send("GET /events" + more + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  std::shared_ptr<http::server_parts> shared =
    std::make_shared<http::server_parts>(http::server_options{});
  http::event_source source{{"e", 10'000, 100}};
  std::function<void(std::function<void(http::snapshot_parts)>)> snapshot =
    [](const auto& done) {
      done(http::one_part("{}"));
    };
  bool is_exact = false;
  unsigned variant = 0;
  int ended = 0;
};

http::event plain(const std::string& json) {
  return {"t", {}, json.size(), [json](unsigned) {
            return json;
          }};
}

bool has(const std::string& in, std::string_view what) {
  return in.find(what) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_events_tests, fixture)

BOOST_AUTO_TEST_CASE(a_ring_keeps_the_latest_events) {
  event_ring ring{"e", 1'000'000, 3};
  BOOST_TEST(ring.first() == 1u);
  for (int i = 0; i < 5; ++i)
    ring.add(plain("{}"));
  BOOST_TEST(ring.first() == 3u);
  BOOST_TEST(ring.last() == 5u);
  event_ring small{"e", 1, 100};
  small.add(plain(std::string(100, 'x')));
  small.add(plain("{}"));
  BOOST_TEST(small.first() == 2u);
}

BOOST_AUTO_TEST_CASE(a_ring_resumes_only_what_it_has_all_of) {
  event_ring ring{"e", 1'000'000, 3};
  for (int i = 0; i < 5; ++i)
    ring.add(plain("{}"));
  BOOST_TEST(ring.after("e-2").value() == 3u);
  BOOST_TEST(ring.after("e-5").value() == 6u);
  for (auto x : {"e-1", "e-6", "f-3", "e-", "e3", "", "e-3x", "e--3",
                 "e-99999999999999999999"})
    BOOST_TEST(!ring.after(x), x);
}

BOOST_AUTO_TEST_CASE(events_since_the_question_follow_a_late_snapshot) {
  std::function<void(http::snapshot_parts)> done;
  snapshot = [&done](const auto& x) {
    done = x;
  };
  source.publish("t", "1");
  client one{shared};
  subscribe(one);
  source.publish("t", "2");
  BOOST_TEST(!has(one.got(), "data:"));
  done(http::one_part("whole"));
  auto got = one.got();
  BOOST_TEST(has(got, "id: e-1\nevent: snapshot\ndata: whole\n\nid: e-2\n"));
  done(http::one_part("again"));
  BOOST_TEST(one.got() == "");
}

BOOST_AUTO_TEST_CASE(an_exact_snapshot_is_followed_by_later_events_only) {
  std::function<void(http::snapshot_parts)> done;
  snapshot = [&done](const auto& x) {
    done = x;
  };
  is_exact = true;
  client one{shared};
  subscribe(one);
  source.publish("t", "1");
  done(http::one_part("whole"));
  source.publish("t", "2");
  auto got = one.got();
  BOOST_TEST(has(got, "id: e-1\nevent: snapshot\ndata: whole\n\nid: e-2\n"));
}

BOOST_AUTO_TEST_CASE(parts_of_a_snapshot_are_made_as_they_are_taken) {
  auto made = 0;
  snapshot = [&made](const auto& done) {
    done([&made] {
      ++made;
      return http::snapshot_part{std::string(500, 'x'), made == 20};
    });
  };
  client one{shared};
  one.line->client_reads = false;
  subscribe(one);
  source.publish("t", "after");
  BOOST_TEST(made < 20);
  one.line->client_reads = true;
  auto got = one.got();
  BOOST_TEST(made == 20);
  BOOST_TEST(has(got, "event: t\ndata: after\n"));
}

BOOST_AUTO_TEST_CASE(a_client_with_a_part_of_a_snapshot_gets_a_whole_one) {
  snapshot = [](const auto& done) {
    done([made = 0]() mutable {
      ++made;
      return http::snapshot_part{std::to_string(made), made == 3};
    });
  };
  source.publish("t", "before");
  auto whole = "id: e-partial\nevent: snapshot\ndata: 1\n\n"
               "id: e-partial\nevent: snapshot\ndata: 2\n\n"
               "id: e-1\nevent: snapshot\ndata: 3\n\n"s;
  client first{shared}, again{shared}, resumed{shared};
  subscribe(first);
  BOOST_TEST(has(first.got(), "retry: 2000\n\n" + whole));
  subscribe(again, "?since=e-partial");
  BOOST_TEST(
    has(again.got(), "id: e-partial\nevent: reset\ndata: {}\n\n" + whole));
  subscribe(resumed, "?since=e-1");
  BOOST_TEST(!has(resumed.got(), "event:"));
}

BOOST_AUTO_TEST_CASE(
  a_client_that_was_reset_but_has_no_snapshot_is_reset_again) {
  snapshot = [](const auto&) {
  };
  client one{shared};
  subscribe(one, "?since=f-1");
  BOOST_TEST(has(one.got(), "id: e-partial\nevent: reset\n"));
  client again{shared};
  subscribe(again, "?since=e-partial");
  BOOST_TEST(has(again.got(), "event: reset\n"));
}

BOOST_AUTO_TEST_CASE(without_snapshots_a_new_client_gets_an_id_to_resume_from) {
  snapshot = nullptr;
  source.publish("t", "before");
  client one{shared};
  subscribe(one);
  auto got = one.got();
  BOOST_TEST(has(got, "\n\nid: e-1\n\n"));
  BOOST_TEST(!has(got, "data:"));
  client reset{shared};
  subscribe(reset, "?since=f-1");
  BOOST_TEST(has(reset.got(), "id: e-1\nevent: reset\n"));
  source.publish("t", "later");
  client again{shared};
  subscribe(again, "?since=e-1");
  got = again.got();
  BOOST_TEST(has(got, "id: e-2\nevent: t\ndata: later\n\n"));
  BOOST_TEST(!has(got, "id: e-1\n"));
}

BOOST_AUTO_TEST_CASE(without_a_snapshot_that_is_due_the_stream_is_closed) {
  snapshot = [](const auto& done) {
    done(nullptr);
  };
  client one{shared};
  subscribe(one);
  one.run();
  BOOST_TEST(source.subscribers() == 0u);
  BOOST_TEST(ended == 1);
}

BOOST_AUTO_TEST_CASE(a_text_is_made_once_for_clients_that_read_together) {
  auto made = std::string{};
  auto send = [&] {
    source.publish({"t", {}, 1, [&made](unsigned which) {
                      made += std::to_string(which);
                      return "v" + std::to_string(which);
                    }});
  };
  send();
  BOOST_TEST(made == "");
  client one{shared}, two{shared}, other{shared};
  subscribe(one);
  subscribe(two);
  variant = 1;
  subscribe(other);
  send();
  BOOST_TEST(made == "01");
  BOOST_TEST(has(two.got(), "data: v0\n"));
  BOOST_TEST(has(other.got(), "data: v1\n"));
}

BOOST_AUTO_TEST_CASE(many_events_at_once_reach_all_clients_with_little_work) {
  auto looked_at = 0;
  snapshot = nullptr;
  client one{shared}, slow{shared};
  subscribe(one);
  subscribe(slow);
  for (auto x : {&one, &slow})
    x->got();
  slow.line->client_reads = false;
  auto some = [&looked_at](int count) {
    std::vector<http::event> result;
    for (int i = 0; i < count; ++i)
      result.push_back({"t", {}, 1, [&looked_at, i](unsigned) {
                          ++looked_at;
                          return "v" + std::to_string(i);
                        }});
    return result;
  };
  source.publish_all(some(20));
  auto got = one.got();
  BOOST_TEST(has(got, "id: e-1\nevent: t\ndata: v0\n"));
  BOOST_TEST(has(got, "id: e-20\nevent: t\ndata: v19\n"));
  BOOST_TEST(!has(got, "overflow"));
  source.publish_all({});
  source.publish_all(some(1000));
  BOOST_TEST(source.last() == 1020u);
  BOOST_TEST(looked_at < 200);
  BOOST_TEST(has(one.got(), "id: e-1020\n"));
  slow.line->client_reads = true;
  BOOST_TEST(has(slow.got(), "event: overflow"));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_takes_no_memory_and_is_told) {
  client slow{shared};
  client quick{shared};
  subscribe(slow);
  subscribe(quick);
  slow.got();
  slow.line->client_reads = false;
  for (int i = 0; i < 300; ++i) {
    source.publish("t", std::string(200, 'x'));
    BOOST_TEST(has(quick.got(), "id: e-" + std::to_string(i + 1) + "\n"));
  }
  slow.line->client_reads = true;
  auto got = slow.got();
  BOOST_TEST(has(got, "event: overflow\ndata: {\"lost\":"));
  BOOST_TEST(has(got, "id: e-300\n"));
  BOOST_TEST(got.size() < 20'000u);
}

BOOST_AUTO_TEST_CASE(overflow_closes_the_stream_if_the_client_asks_for_it) {
  client slow{shared};
  subscribe(slow, "?on_overflow=close");
  slow.got();
  slow.line->client_reads = false;
  for (int i = 0; i < 300; ++i)
    source.publish("t", std::string(200, 'x'));
  slow.line->client_reads = true;
  BOOST_TEST(has(slow.got(), "event: overflow"));
  BOOST_TEST(source.subscribers() == 0u);
}

BOOST_AUTO_TEST_CASE(a_stream_tells_when_it_has_room_again) {
  http::event_stream stream;
  shared->paths.add("GET", "/own",
                    [&stream](const auto&, const http::responder& back) {
                      stream = back.open_events({10});
                    });
  client one{shared};
  one.send("GET /own HTTP/1.1\r\nHost: localhost\r\n\r\n");
  int told = 0;
  stream.on_room([&told] { ++told; });
  BOOST_TEST(stream.has_room());
  BOOST_TEST(stream.send("data: a text\n\n"));
  BOOST_TEST(!stream.has_room());
  BOOST_TEST(told == 0);
  one.run();
  BOOST_TEST(told == 1);
  BOOST_TEST(stream.send("data: a text\n\n"));
  one.run();
  BOOST_TEST(told == 1);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_is_forgotten) {
  {
    client one{shared};
    subscribe(one);
    BOOST_TEST(source.subscribers() == 1u);
    BOOST_TEST(shared->clients.streams() == 1u);
    one.end();
    BOOST_TEST(one.own->is_closed());
    BOOST_TEST(source.subscribers() == 0u);
    BOOST_TEST(ended == 1);
  }
  BOOST_TEST(shared->clients.streams() == 0u);
  BOOST_TEST(shared->clients.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(a_comment_is_sent_after_each_interval) {
  client one{shared};
  subscribe(one);
  one.got();
  one.wait(std::chrono::seconds{14});
  BOOST_TEST(one.got() == "");
  one.wait(std::chrono::seconds{1});
  BOOST_TEST(one.got() == ":\n\n");
}

BOOST_AUTO_TEST_CASE(a_source_outlives_its_streams_and_the_other_way_round) {
  client one{shared};
  {
    http::event_source brief;
    shared->paths.add("GET", "/brief",
                      [&brief](const auto&, const http::responder& back) {
                        brief.subscribe(back, {});
                      });
    one.send("GET /brief HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(brief.subscribers() == 1u);
  }
  one.run();
  one.end();
  BOOST_TEST(one.own->is_closed());
}

BOOST_AUTO_TEST_SUITE_END()
