#include <boost/test/unit_test.hpp>

#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "both_kinds.hpp"
#include "cpp_node.hpp"
#include "go_peer.hpp"

using namespace cafmesh::test;

// A mesh of both kinds changes its password node by node.
BOOST_AUTO_TEST_SUITE(rotation_tests)

namespace {

const std::string old_one = "the old password of the mesh";
const std::string new_one = "the new password of the mesh";

using passwords = std::vector<std::string>;

/// a and b are ours, each connected to all; c and d are Go peers, each of which
/// dials a and b. Ours change their passwords while they run, Go peers by a
/// restart, as they know but one.
struct rotating_mesh {
  cpp_node a{named('a', old_one)};
  cpp_node b{named('b', old_one)};
  peer_options options_of_c = named('c', old_one);
  peer_options options_of_d = named('d', old_one);
  std::unique_ptr<go_peer> c;
  std::unique_ptr<go_peer> d;
  std::uint64_t seed = 0;
  std::size_t sent = 0;
  std::size_t arrived = 0;

  rotating_mesh() {
    options_of_c.port = free_port();
    options_of_d.port = free_port();
    BOOST_REQUIRE(connect(a, b));
    enter(c, options_of_c);
    enter(d, options_of_d);
    exchange();
  }

  group all() {
    return {&a, &b, c.get(), d.get()};
  }

  void enter(std::unique_ptr<go_peer>& peer, peer_options& options) {
    peer.reset();
    peer = std::make_unique<go_peer>(options);
    peer->connect_to(a.address());
    peer->connect_to(b.address());
    BOOST_TEST(gets_connected(*peer, a));
    BOOST_TEST(gets_connected(*peer, b));
    BOOST_TEST_REQUIRE(come_to_agree(all_that_run()), views_of(all_that_run()));
  }

  group all_that_run() {
    group result{&a, &b};
    for (auto* x : {c.get(), d.get()})
      if (x)
        result.push_back(x);
    return result;
  }

  /// Each sends to each.
  void exchange() {
    auto xs = all_that_run();
    std::vector<std::pair<mesh_peer*, std::uint64_t>> due;
    for (auto* from : xs)
      for (auto* to : xs)
        if (from != to) {
          from->unicast(to->name(), 100, ++seed);
          due.emplace_back(to, seed);
          ++sent;
        }
    for (const auto& [to, what] : due) {
      to->wait_for_blob("unicast", 100, what);
      ++arrived;
    }
  }

  void change(const passwords& accepted) {
    for (auto* x : {&a, &b}) {
      x->set_passwords(accepted);
      exchange();
    }
  }

  void restart_with_new_one(std::unique_ptr<go_peer>& peer,
                            peer_options& options) {
    options.password = new_one;
    peer->kill();
    peer.reset();
    BOOST_REQUIRE(know_each_other(all_that_run()));
    exchange();
    enter(peer, options);
    exchange();
  }

  std::string everything_said() {
    std::string result;
    for (auto* x : {&a, &b}) {
      for (const auto& line : x->log())
        result += line + "\n";
      result += x->status().dump();
    }
    return result;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_mesh_of_both_kinds_changes_its_password_node_by_node) {
  const auto began = std::chrono::steady_clock::now();
  rotating_mesh x;
  x.change({old_one, new_one});
  x.restart_with_new_one(x.c, x.options_of_c);
  x.change({new_one, old_one});
  x.restart_with_new_one(x.d, x.options_of_d);
  x.change({new_one});
  // Who does not know the new one stays out.
  go_peer late{named('e', old_one)};
  late.connect_to(x.a.address());
  BOOST_TEST(logs(x.a, "cannot_open"));
  BOOST_TEST(!x.a.knows(late.name()));
  x.exchange();
  const auto said = x.everything_said();
  BOOST_TEST(said.find("password") != std::string::npos); // "have changed"
  for (const auto& secret : {old_one, new_one})
    BOOST_TEST(said.find(secret) == std::string::npos);
  BOOST_TEST(x.arrived == x.sent);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
    std::chrono::steady_clock::now() - began);
  std::cout << "password changed in a mesh of 2 C++ and 2 Go peers in "
            << took.count() << " ms: " << x.arrived << " of " << x.sent
            << " unicasts arrived" << std::endl;
}

// While each Go peer still has its own of the two, ours dial both kinds.
BOOST_AUTO_TEST_CASE(ours_find_the_password_that_a_go_peer_has) {
  cpp_node ours{named('a', new_one)};
  ours.set_passwords({new_one, old_one});
  go_peer with_old{named('b', old_one)};
  go_peer with_new{named('c', new_one)};
  BOOST_TEST(connect(ours, with_old));
  BOOST_TEST(connect(ours, with_new));
  BOOST_TEST(know_each_other({&ours, &with_old, &with_new}));
}

BOOST_AUTO_TEST_SUITE_END()
