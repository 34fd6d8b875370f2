#include "actors/core/remote/bodies.hpp"
#include "actors/core/remote/closing_message.hpp"
#include "actors/core/remote/partial_messages.hpp"
#include "actors/core/remote/session.hpp"
#include "actors/core/remote/topic_gaps.hpp"
#include "actors/core/remote/topic_message.hpp"
#include "tests/fuzz/fuzzing.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;
using namespace cafmesh::remote;

// Feeds parts of the input to a session between actor layers as packets, and
// reads other parts as messages to topics.
namespace {

constexpr peer_uid ours{1};
constexpr peer_uid theirs{2};

// Our end of a session. The remote knows the token that makes us accept its
// packets, and it may send anything in them.
struct victim {
  instant now{std::chrono::seconds{1}};
  session talk{ours, theirs, 11, now};
  partial_messages parts{{64 * 1024, 128 * 1024, std::chrono::seconds{1}}};
  std::uint64_t large_cost = 0;

  void receive(byte_view raw) {
    auto x = read_packet(payload::copy_of(raw));
    if (!x)
      return;
    session_events events;
    talk.receive(*x, now, events);
    check(events);
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    session_events events;
    talk.expire(now, events);
    check(events);
    std::vector<assembled> late;
    parts.expire(now, late);
    take(late);
    talk.set_processed(0, large_cost);
    for (const auto& x : talk.take_packets(now))
      require(read_packet(payload{x}).has_value(), "our packets can be read");
  }
  void take(const std::vector<assembled>& ended) {
    for (const auto& x : ended) {
      large_cost += x.cost;
      require(x.body.size() <= 64 * 1024 || x.outcome != assembly::complete,
              "messages are bounded");
    }
  }
  void check(const session_events& events) {
    if (events.began_again) {
      parts.forget(theirs);
      large_cost = 0;
    }
    for (const auto& x : events.arrivals)
      if (x.fragment) {
        std::vector<assembled> ended;
        parts.add(theirs, x.body, *x.fragment, 96 * 1024, now, ended);
        take(ended);
        require(parts.size() <= 96 * 1024, "what is begun is bounded");
      } else if (auto found = read_body(x.body.view())) {
        require_within(found->content, x.body.view());
        require(found->stages.size() <= max_stages, "stages are bounded");
      }
  }
};

void read_topic(byte_view raw, topic_gaps& gaps) {
  auto x = read_topic_message(raw);
  if (!x)
    return;
  require_within(x->content, raw);
  require(!x->topic.empty() && x->topic.size() <= max_topic,
          "topics are bounded");
  gaps.heard(x->topic, x->publisher, x->number);
}

void read_closings(byte_view raw) {
  for (auto flavour : {name_flavour::mac, name_flavour::hash})
    if (auto all = read_closing_message(raw, flavour))
      require(!all->empty() && all->size() <= max_closings,
              "closings are bounded");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  input in{data, size};
  victim it;
  topic_gaps gaps;
  it.talk.add_data({1, 2, 3}, 1, it.now);
  it.talk.add_data(bytes(fragment_size + 1, 4), 2, it.now);
  while (!in.empty()) {
    auto how = in.byte();
    if (how % 4 == 0) {
      it.receive(in.run());
      continue;
    }
    if (how % 4 == 2) {
      auto raw = in.run();
      read_topic(raw, gaps);
      read_closings(raw);
      continue;
    }
    bytes raw;
    append_head(raw, {packet_kind::traffic, theirs, ours, 22u + how / 128u, 11,
                      1u + how / 64u});
    auto rest = in.run();
    raw.insert(raw.end(), rest.begin(), rest.end());
    it.receive(raw);
    it.pass(std::chrono::milliseconds{how});
  }
  require(it.talk.outstanding() < 1'000, "nobody adds to what we have sent");
  require(it.talk.outstanding_large() < fragment_size + 1'000,
          "nobody adds to the large messages that we have sent");
  return 0;
}
