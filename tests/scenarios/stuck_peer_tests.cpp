#include <algorithm>
#include <iostream>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "../../messages/errc.hpp"
#include "deaf_peer.hpp"
#include "measuring.hpp"
#include "tcp_node.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// A neighbour that sends heartbeats and reads nothing, over real sockets:
//
//     x -- relay -- y
//            |
//          stuck
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
// What the neighbour costs is processor, too: more of it in a sanitized build.
constexpr double least_kept = sanitized ? 0.6 : 0.9;

settings of_relay(milliseconds stall_limit) {
  auto result = loopback_settings(2);
  result.stall_limit = stall_limit;
  return result;
}

struct around_a_relay {
  explicit around_a_relay(milliseconds stall_limit)
      : relay(system, of_relay(stall_limit)) {
    x.connect_to(relay);
    y.connect_to(relay);
    BOOST_TEST_REQUIRE(x.comes_to_know(3));
    BOOST_TEST_REQUIRE(y.comes_to_know(3));
  }

  /// A stuck neighbour, and its buffers and ours full.
  std::unique_ptr<deaf_peer> get_stuck() {
    auto result = std::make_unique<deaf_peer>(relay.port(), stuck);
    BOOST_TEST_REQUIRE(x.comes_to_know(4));
    while (!relay.ask_to_send(stuck, payload{bytes(64 * kib, 'x')}))
      continue;
    return result;
  }
  void lose(std::unique_ptr<deaf_peer> who) {
    who.reset();
    BOOST_TEST_REQUIRE(x.comes_to_know(3));
  }
  /// Messages of 4 KiB that got from x to y in half a second, one after the
  /// other asked about.
  std::size_t carried() {
    const payload data{bytes(4 * kib, 'x')};
    const auto before = y.got().unicasts.load();
    const auto end = std::chrono::steady_clock::now() + milliseconds{500};
    while (std::chrono::steady_clock::now() < end)
      if (auto why = x.ask_to_send(y, data))
        BOOST_FAIL(describe(why));
    return y.got().unicasts - before;
  }

  static inline const peer_name stuck = peer_name::from_number(9);
  lean_config config;
  caf::actor_system system{config};
  tcp_node relay;
  tcp_node x{system, loopback_settings(1)};
  tcp_node y{system, loopback_settings(3)};
};

double median(std::vector<double> xs) {
  std::sort(xs.begin(), xs.end());
  return xs[xs.size() / 2];
}

} // namespace

BOOST_AUTO_TEST_SUITE(stuck_peer_tests)

BOOST_AUTO_TEST_CASE(a_gigabyte_for_who_reads_nothing_costs_no_memory) {
  around_a_relay mesh{seconds{60}};
  mesh.carried();
  const deaf_peer deaf{mesh.relay.port(), mesh.stuck};
  BOOST_TEST_REQUIRE(mesh.x.comes_to_know(4));
  const auto before = resident();
  auto most = before;
  // One half is the relay's own, the other comes from x.
  for (std::size_t i = 0; i < 512 * mib / (64 * kib); ++i) {
    mesh.relay.ask_to_send(mesh.stuck, payload{bytes(64 * kib, 'x')});
    mesh.x.ask_to_send(mesh.stuck, payload{bytes(64 * kib, 'x')});
    most = std::max(most, resident());
  }
  std::cout << "1 GiB offered to a peer that reads nothing: RSS grew by "
            << (most - before) / kib << " KiB at most" << std::endl;
  BOOST_TEST(most - before < 64 * mib);
  BOOST_TEST(!deaf.is_cut_off());
  BOOST_TEST(mesh.carried() > 0u);
}

// Turn about, so that what else the machine does hits both alike.
BOOST_AUTO_TEST_CASE(
  a_stuck_neighbour_leaves_others_nine_tenths_of_their_rate) {
  around_a_relay mesh{seconds{60}};
  mesh.carried();
  std::vector<double> without;
  std::vector<double> with;
  std::vector<double> kept;
  for (int i = 0; i < 9; ++i) {
    without.push_back(static_cast<double>(mesh.carried()));
    auto deaf = mesh.get_stuck();
    std::atomic<bool> over{false};
    // Both go on to have something for it.
    std::thread offers{[&] {
      while (!over) {
        mesh.relay.send(mesh.stuck, payload{bytes(16 * kib, 'x')});
        mesh.x.send(mesh.stuck, payload{bytes(16 * kib, 'x')});
        rest(milliseconds{20});
      }
    }};
    with.push_back(static_cast<double>(mesh.carried()));
    over = true;
    offers.join();
    kept.push_back(with.back() / without.back());
    mesh.lose(std::move(deaf));
  }
  std::cout << "unicasts x -> relay -> y in half a second, medians of 9: "
            << median(without) << " without and " << median(with)
            << " with a stuck neighbour of the relay's; kept "
            << 100 * median(kept) << " %" << std::endl;
  BOOST_TEST(median(kept) >= least_kept);
}

BOOST_AUTO_TEST_CASE(after_the_stall_limit_it_is_cut_off_for_that_reason) {
  around_a_relay mesh{seconds{3}};
  auto deaf = mesh.get_stuck();
  BOOST_TEST(!deaf->is_cut_off());
  const auto began = std::chrono::steady_clock::now();
  BOOST_TEST(eventually([&] { return deaf->is_cut_off(); }));
  const auto took = std::chrono::duration_cast<milliseconds>(
    std::chrono::steady_clock::now() - began);
  std::cout << "cut off " << took.count()
            << " ms after it was found stuck, of a limit of 3000" << std::endl;
  BOOST_TEST(mesh.relay.log().count({"closed", "took nothing for 3000 ms"})
             == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
