#include <cafmesh/detail/replica_exchange.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <string>

using namespace cafmesh;
using namespace cafmesh::replication;
using namespace std::chrono_literals;

// Tests of what a replica's exchange sends, and of how much work this takes.
// The actor and the value are stand-ins.
namespace {

/// A value whose parts all have the same size.
struct fake_value {
  static constexpr std::size_t parts = 32;

  std::size_t part_size = 64 * 1024;
  std::shared_ptr<std::size_t> encoded = std::make_shared<std::size_t>(0);
  peer_name other; ///< the sender of the compared outline
  bool asks = false;

  payload outline(peer_name) const {
    return payload{bytes(30, 1)};
  }
  caf::expected<comparison> compare(byte_view, peer_name) const {
    comparison result;
    result.from = other;
    result.asks = asks;
    if (asks)
      result.reply = payload{bytes(30, 2)};
    else
      result.missing.push_back({});
    return result;
  }
  // The length of a range's first key stands for the number of its first part.
  payload take_part(key_range& x) const {
    if (x.first.size() == parts)
      return {};
    x.first += 'x';
    ++*encoded;
    return payload{bytes(part_size, 3)};
  }
  std::size_t bytes_of_content() const {
    return parts * part_size;
  }
};

/// Stands for the actor that owns the exchange. It sends each message
/// immediately.
struct fake_actor {
  struct fake_clock {
    instant time{1h};
    instant now() const {
      return time;
    }
  };
  struct message {
    peer_name to;
    std::size_t size;
    std::uint8_t first;
  };
  struct response {
    fake_actor* self;
    template <class F, class G>
    void then(F f, G) {
      self->waiting.push_back(f);
    }
  };

  fake_clock& clock() {
    return time;
  }
  template <class Timeout>
  response request(const gossip_channel_actor&, Timeout, unicasts x) {
    send({}, std::move(x));
    return {this};
  }
  void send(const gossip_channel_actor&, unicasts x) {
    for (const auto& each : x.messages)
      sent.push_back({each.to, each.data.size(), each.data.view()[0]});
  }
  void run() {
    while (!waiting.empty())
      for (auto& f : std::exchange(waiting, {}))
        f();
  }

  fake_clock time;
  std::vector<message> sent;
  std::vector<std::function<void()>> waiting;
};

struct fixture {
  fixture() {
    exchange.start({}, name(1));
  }
  static peer_name name(std::uint64_t x) {
    return peer_name::from_number(x);
  }

  void lacks_all(std::uint64_t who, std::uint64_t neighbour) {
    value.writable().other = name(who);
    value.writable().asks = false;
    exchange.compare({}, name(neighbour));
    self.run();
  }
  /// Shows the exchange an outline of a peer that has all items. Returns
  /// whether the exchange asks that peer for items.
  bool has_all(std::uint64_t who) {
    value.writable().other = name(who);
    value.writable().asks = true;
    const auto before = replies_to(who);
    exchange.compare({}, name(who));
    self.run();
    return replies_to(who) > before;
  }
  std::size_t replies_to(std::uint64_t who) const {
    std::size_t result = 0;
    for (const auto& x : self.sent)
      result += x.to == name(who) && x.first == 2 ? 1 : 0;
    return result;
  }
  std::size_t bytes_for(std::uint64_t who) const {
    std::size_t result = 0;
    for (const auto& x : self.sent)
      result += x.to == name(who) ? x.size : 0;
    return result;
  }
  std::size_t whole() const {
    return (*value).bytes_of_content();
  }

  fake_actor self;
  copy_on_write<fake_value> value;
  replica_exchange<fake_value, fake_actor> exchange{&self, value};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(replica_exchange_tests, fixture)

// -- limits

BOOST_AUTO_TEST_CASE(an_outline_beyond_the_limits_costs_no_encoding) {
  for (int i = 0; i < 10; ++i)
    lacks_all(2, 2);
  const auto before = *(*value).encoded;
  BOOST_TEST(before == 2 * fake_value::parts);
  for (int i = 0; i < 1000; ++i)
    lacks_all(2, 2);
  BOOST_TEST(*(*value).encoded == before);
}

BOOST_AUTO_TEST_CASE(parts_larger_than_usual_count_by_their_size) {
  value.writable().part_size = 1024 * 1024;
  for (int i = 0; i < 100; ++i)
    lacks_all(2, 2);
  BOOST_TEST(bytes_for(2) >= 2 * whole());
  BOOST_TEST(bytes_for(2) <= 2 * whole() + 1024 * 1024);
  self.time.time += 1min;
  for (int i = 0; i < 100; ++i)
    lacks_all(2, 2);
  BOOST_TEST(bytes_for(2) <= 3 * whole() + 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(parts_smaller_than_usual_count_by_their_size) {
  value.writable().part_size = 40 * 1024;
  for (int i = 0; i < 100; ++i)
    lacks_all(2, 2);
  BOOST_TEST(bytes_for(2) > 2 * whole() - usual_part);
  BOOST_TEST(bytes_for(2) <= 2 * whole());
}

BOOST_AUTO_TEST_CASE(neighbours_that_come_and_go_cannot_flood_a_peer) {
  for (std::uint64_t i = 100; i < 600; ++i)
    for (int k = 0; k < 3; ++k)
      lacks_all(2, i);
  BOOST_TEST(bytes_for(2) >= 60 * whole());
  BOOST_TEST(bytes_for(2) <= 64 * whole());
  for (std::uint64_t i = 1000; i < 1100; ++i) {
    lacks_all(i, i);
    BOOST_TEST_REQUIRE(bytes_for(i) == whole());
  }
}

BOOST_AUTO_TEST_CASE(whole_values_are_limited_in_all_too) {
  for (std::uint64_t i = 100; i < 300; ++i) {
    exchange.send_everything({name(i), name(2)});
    self.run();
  }
  BOOST_TEST(bytes_for(2) == 64 * whole());
}

BOOST_AUTO_TEST_CASE(a_small_value_counts_by_its_size_in_all) {
  value.writable().part_size = 1024;
  for (std::uint64_t i = 100; i < 600; ++i) {
    exchange.send_everything({name(i), name(i)});
    self.run();
    BOOST_TEST_REQUIRE(bytes_for(i) == whole());
  }
}

BOOST_AUTO_TEST_CASE(few_answers_are_open_at_the_same_time) {
  for (std::uint64_t i = 100; i < 600; ++i) {
    exchange.send_everything({name(i), name(2)});
    exchange.send_everything({name(i), name(i)});
  }
  BOOST_TEST(self.waiting.size() == 64u + 128u);
}

// -- turns

// A liar sends outlines in a peer's name, but no items.
BOOST_AUTO_TEST_CASE(a_peer_that_sends_only_outlines_loses_its_turn) {
  BOOST_TEST(has_all(2));
  bool others = false;
  for (int i = 0; i < 60; ++i) {
    has_all(2);
    others = has_all(3) || others;
    self.time.time += 1s;
  }
  BOOST_TEST(others);
}

BOOST_AUTO_TEST_CASE(a_peer_that_waits_is_asked_in_its_turn) {
  has_all(2);
  BOOST_TEST(!has_all(3));
  BOOST_TEST(bytes_for(3) == 0u);
  self.time.time += 4s;
  exchange.ask_next();
  BOOST_TEST(bytes_for(3) == 30u);
  BOOST_TEST((!has_all(2) && has_all(3)));
}

BOOST_AUTO_TEST_SUITE_END()
