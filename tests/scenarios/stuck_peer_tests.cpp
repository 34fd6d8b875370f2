#include <algorithm>
#include <iostream>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/scenarios/deaf_peer.hpp"
#include "tests/scenarios/measuring.hpp"
#include "tests/scenarios/tcp_node.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a relay with a stuck neighbour, which sends heartbeats but reads
// nothing. Meanwhile, x and y send each other messages over the relay:
//
//     x -- relay -- y
//            |
//          stuck
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
// Other peers must keep at least this share of their usual rate. In a sanitized
// build, a stuck neighbour costs more processor time.
constexpr double least_kept = sanitized ? 0.6 : 0.9;

settings of_relay(milliseconds stall_limit) {
  auto result = loopback_settings(2);
  result.stall_limit = stall_limit;
  return result;
}

auto now() {
  return std::chrono::steady_clock::now();
}

struct rate {
  std::size_t count = 0;
  std::chrono::steady_clock::duration took{0};

  void operator+=(const rate& x) {
    count += x.count;
    took += x.took;
  }
  double per_second() const {
    return static_cast<double>(count)
           / std::chrono::duration<double>(took).count();
  }
};

struct around_a_relay {
  explicit around_a_relay(milliseconds stall_limit)
      : relay(system, of_relay(stall_limit)) {
    x.connect_to(relay);
    y.connect_to(relay);
    BOOST_TEST_REQUIRE(x.comes_to_know(3));
    BOOST_TEST_REQUIRE(y.comes_to_know(3));
  }

  std::unique_ptr<deaf_peer> get_deaf() {
    auto result = std::make_unique<deaf_peer>(relay.port(), stuck);
    BOOST_TEST_REQUIRE(x.comes_to_know(4));
    return result;
  }
  /// Connects a neighbour that reads nothing, and fills all buffers on the way
  /// to it.
  std::unique_ptr<deaf_peer> get_stuck() {
    auto result = get_deaf();
    while (!relay.ask_to_send(stuck, payload{bytes(64 * kib, 'x')}))
      continue;
    return result;
  }
  void lose(std::unique_ptr<deaf_peer> who) {
    who.reset();
    BOOST_TEST_REQUIRE(x.comes_to_know(3));
  }
  /// Sends one unicast from x and one from the relay to the stuck neighbour,
  /// without waiting for answers.
  void offer_to_stuck() {
    relay.send(stuck, payload{bytes(16 * kib, 'x')});
    x.send(stuck, payload{bytes(16 * kib, 'x')});
  }
  /// Sends messages of 4 KiB from x to y, 32 requests at a time.
  /// @returns the rate
  rate carried(milliseconds how_long = milliseconds{500}) {
    const payload data{bytes(4 * kib, 'x')};
    const auto before = y.got().unicasts.load();
    const auto began = now();
    rate result;
    for (; result.took < how_long; result.took = now() - began)
      if (auto why = x.ask_to_send_many(y.name(), data, 32))
        BOOST_ERROR(describe(why));
    result.count = y.got().unicasts - before;
    return result;
  }
  rate carried_beside_stuck(milliseconds how_long) {
    rate result;
    while (result.took < how_long) {
      offer_to_stuck();
      result += carried(milliseconds{20});
    }
    return result;
  }

  static inline const peer_name stuck = peer_name::from_number(9);
  lean_config config;
  caf::actor_system system{config};
  tcp_node relay;
  tcp_node x{system, loopback_settings(1)};
  tcp_node y{system, loopback_settings(3)};
};

} // namespace

BOOST_AUTO_TEST_SUITE(stuck_peer_tests)

BOOST_AUTO_TEST_CASE(a_gigabyte_for_a_deaf_peer_costs_no_memory) {
  around_a_relay mesh{seconds{60}};
  mesh.carried();
  const deaf_peer deaf{mesh.relay.port(), mesh.stuck};
  BOOST_TEST_REQUIRE(mesh.x.comes_to_know(4));
  const auto before = resident();
  auto most = before;
  for (std::size_t i = 0; i < 512 * mib / (64 * kib); ++i) {
    mesh.relay.ask_to_send(mesh.stuck, payload{bytes(64 * kib, 'x')});
    mesh.x.ask_to_send(mesh.stuck, payload{bytes(64 * kib, 'x')});
    most = std::max(most, resident());
  }
  std::cout << "1 GiB offered to a peer that reads nothing: RSS grew by "
            << (most - before) / kib << " KiB at most" << std::endl;
  BOOST_TEST(most - before < 64 * mib);
  BOOST_TEST(!deaf.is_cut_off());
  BOOST_TEST(mesh.carried().count > 0u);
}

// Like the test above, but the data comes in bursts that back-pressure does not
// slow down. The bursts are broadcasts of eight peers on channels that the
// relay has not joined, and unicasts, some of them from the relay itself.
BOOST_AUTO_TEST_CASE(a_gigabyte_in_bursts_for_a_deaf_peer_costs_no_memory) {
  around_a_relay mesh{seconds{60}};
  mesh.carried();
  const auto deaf = mesh.get_deaf();
  bringing_peer bringer{mesh.relay.port(), peer_name::from_number(8),
                        mesh.relay.name(), 8};
  BOOST_TEST_REQUIRE(mesh.x.comes_to_know(4 + 1 + 8));
  const payload data{bytes(64 * kib, 'x')};
  const auto before = resident();
  std::atomic<std::size_t> most{before};
  std::atomic<bool> over{false};
  std::thread watch{[&] {
    while (!over) {
      most = std::max(most.load(), resident());
      rest(milliseconds{5});
    }
  }};
  auto brought = true;
  auto channel = [](std::size_t i) {
    return "unknown" + std::to_string(i / 8 % 64);
  };
  for (std::size_t i = 0; i < 512 * mib / data.size(); ++i) {
    brought = brought && bringer.bring_broadcast(i % 8, channel(i), data);
    // The pauses let other peers read these broadcasts, so that only data for
    // the deaf peer waits.
    if (i % 64 == 0)
      rest(milliseconds{15});
  }
  const auto of_broadcasts = most - before;
  for (std::size_t i = 0; i < 128 * mib / data.size(); ++i)
    brought = brought
              && bringer.bring_unicast(i % 8, "unknown" + std::to_string(i % 4),
                                       mesh.stuck, data);
  for (std::size_t i = 0; i < 128 * mib / data.size(); ++i) {
    mesh.relay.send(mesh.stuck, data);
    mesh.x.send(mesh.stuck, data);
  }
  for (std::size_t i = 0; i < 128 * mib / data.size(); i += 512)
    mesh.relay.ask_to_send_many(mesh.stuck, data, 512);
  over = true;
  watch.join();
  std::cout << "1 GiB in bursts: RSS grew by " << of_broadcasts / kib
            << " KiB with the broadcasts, by " << (most - before) / kib
            << " KiB at most" << std::endl;
  BOOST_TEST(brought);
  BOOST_TEST(most - before < 64 * mib);
  BOOST_TEST(!deaf->is_cut_off());
  BOOST_TEST(mesh.carried().count > 0u);
}

// The measured time begins when the neighbour stops reading, so it includes the
// time before the relay notices. Each measurement is followed by one in a
// second mesh without a stuck neighbour, so that other load affects both alike.
BOOST_AUTO_TEST_CASE(
  a_stuck_neighbour_leaves_others_nine_tenths_of_their_rate) {
  constexpr auto until_noticed = seconds{2};
  constexpr auto turn = milliseconds{100};
  constexpr auto whole = seconds{20};
  around_a_relay mesh{seconds{60}};
  around_a_relay without{seconds{60}};
  mesh.carried(seconds{1});
  without.carried(seconds{1});
  rate with_it;
  rate without_it;
  for (int round = 0; round < 2; ++round) {
    auto deaf = mesh.get_deaf();
    // Offers more data than the neighbour's buffers hold.
    for (std::size_t i = 0; i < 8 * mib / (16 * kib); ++i)
      mesh.offer_to_stuck();
    with_it += mesh.carried_beside_stuck(until_noticed);
    without_it += without.carried(until_noticed);
    for (auto n = (whole - until_noticed) / turn; n > 0; --n) {
      with_it += mesh.carried_beside_stuck(turn);
      without_it += without.carried(turn);
    }
    mesh.lose(std::move(deaf));
  }
  auto kept = with_it.per_second() / without_it.per_second();
  std::cout << "unicasts a second x -> relay -> y: " << without_it.per_second()
            << " without and " << with_it.per_second()
            << " with a neighbour of the relay's that got stuck; kept "
            << 100 * kept << " %" << std::endl;
  BOOST_TEST(kept >= least_kept);
}

BOOST_AUTO_TEST_CASE(a_stuck_neighbour_is_cut_off_after_the_stall_limit) {
  around_a_relay mesh{seconds{3}};
  auto deaf = mesh.get_stuck();
  BOOST_TEST(!deaf->is_cut_off());
  const auto began = now();
  BOOST_TEST(eventually([&] { return deaf->is_cut_off(); }));
  const auto took = std::chrono::duration_cast<milliseconds>(now() - began);
  std::cout << "cut off " << took.count()
            << " ms after it was found stuck, of a limit of 3000" << std::endl;
  BOOST_TEST(mesh.relay.log().count({"closed", "took nothing for 3000 ms"})
             == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
