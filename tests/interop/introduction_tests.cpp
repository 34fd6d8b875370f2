#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests of the introduction between a Go peer and a cafmesh peer.
BOOST_AUTO_TEST_SUITE(introduction_tests)

namespace {

struct secrecy {
  std::optional<std::string> password;
};

std::ostream& operator<<(std::ostream& out, const secrecy& x) {
  return out << (!x.password           ? "no password"
                 : x.password->empty() ? "the empty password"
                                       : "a password");
}

const std::vector<secrecy> secrecies{{std::nullopt}, {"correct horse"}, {""}};

void check_talk(mesh_peer& a, mesh_peer& b) {
  a.unicast(b.name(), 100, 1);
  BOOST_TEST(b.wait_for_blob("unicast", 100, 1).at("from") == a.name());
  b.unicast(a.name(), 200, 2);
  BOOST_TEST(a.wait_for_blob("unicast", 200, 2).at("from") == b.name());
  a.set("x", 3);
  BOOST_TEST(gets_value(b, "x", 3));
  b.set("y", 4);
  BOOST_TEST(gets_value(a, "y", 4));
}

bool both_log(const mesh_peer& a, const std::string& of_a, const mesh_peer& b,
              const std::string& of_b) {
  return logs(a, of_a) && logs(b, of_b);
}

peer_options only_version_1(peer_options options) {
  options.max_version = 1;
  return options;
}

/// A Go peer and a cafmesh peer that speaks only protocol version 1.
struct version_1_pair {
  std::unique_ptr<mesh_peer> dialler;
  std::unique_ptr<mesh_peer> acceptor;

  version_1_pair(const pair_of_kinds& kinds,
                 const std::optional<std::string>& password,
                 std::optional<int> least) {
    auto of = [&](kind what, char letter) {
      auto options = named(letter, password);
      if (what == kind::cpp) {
        options.min_version = least;
        options.max_version = 1;
      }
      return start(what, options);
    };
    dialler = of(kinds.dialler, 'a');
    acceptor = of(kinds.acceptor, 'b');
  }
};

} // namespace

BOOST_DATA_TEST_CASE(two_peers_communicate_whichever_dials,
                     data::make(both_ways()) * data::make(secrecies), kinds,
                     secret) {
  auto a = start(kinds.dialler, named('a', secret.password));
  auto b = start(kinds.acceptor, named('b', secret.password));
  BOOST_REQUIRE(connect(*a, *b));
  check_talk(*a, *b);
  auto& ours = kinds.dialler == kind::cpp ? *a : *b;
  BOOST_TEST(ours.log_contains(secret.password ? "version 2, encrypted"
                                               : "version 2, plain"));
}

BOOST_DATA_TEST_CASE(two_peers_describe_each_other_alike,
                     data::make(both_ways()), kinds) {
  auto a = start(kinds.dialler, named('a'));
  auto b = start(kinds.acceptor, named('b'));
  BOOST_REQUIRE(connect(*a, *b));
  BOOST_TEST_REQUIRE(come_to_agree({a.get(), b.get()}),
                     views_of({a.get(), b.get()}));
  for (auto* peer : {a.get(), b.get()}) {
    auto of_a = peer->knows(a->name());
    BOOST_REQUIRE(of_a);
    BOOST_TEST(of_a->uid == a->uid());
    BOOST_TEST(of_a->nickname == "a");
    BOOST_REQUIRE_EQUAL(of_a->connections.size(), 1U);
    BOOST_TEST(of_a->connections[0].name == b->name());
    BOOST_TEST(of_a->connections[0].nickname == "b");
    BOOST_TEST(of_a->connections[0].address == b->address());
    BOOST_TEST(of_a->connections[0].outbound);
    auto of_b = peer->knows(b->name());
    BOOST_REQUIRE(of_b);
    BOOST_TEST(of_b->uid == b->uid());
    BOOST_REQUIRE_EQUAL(of_b->connections.size(), 1U);
    BOOST_TEST(!of_b->connections[0].outbound);
    // The address of an inbound connection has an ephemeral port.
    BOOST_TEST(of_b->connections[0].address != a->address());
    BOOST_TEST(of_b->connections[0].established);
  }
  BOOST_TEST(a->knows(a->name())->short_id == b->knows(a->name())->short_id);
  BOOST_TEST(a->knows(b->name())->short_id == b->knows(b->name())->short_id);
}

BOOST_DATA_TEST_CASE(version_1_is_used_if_our_peer_offers_nothing_else,
                     data::make(both_ways()), kinds) {
  version_1_pair pair{kinds, std::nullopt, std::nullopt};
  BOOST_REQUIRE(connect(*pair.dialler, *pair.acceptor));
  check_talk(*pair.dialler, *pair.acceptor);
  auto& ours = kinds.dialler == kind::cpp ? *pair.dialler : *pair.acceptor;
  auto& theirs = kinds.dialler == kind::go ? *pair.dialler : *pair.acceptor;
  BOOST_TEST(ours.log_contains("version 1, plain"));
  BOOST_TEST(theirs.log_contains("using protocol version 1"));
}

BOOST_DATA_TEST_CASE(version_1_works_with_a_password_if_explicitly_allowed,
                     data::make(both_ways())
                       * data::make(std::vector<secrecy>{{"secret"}, {""}}),
                     kinds, secret) {
  version_1_pair pair{kinds, secret.password, 1};
  BOOST_REQUIRE(connect(*pair.dialler, *pair.acceptor));
  check_talk(*pair.dialler, *pair.acceptor);
  auto& ours = kinds.dialler == kind::cpp ? *pair.dialler : *pair.acceptor;
  BOOST_TEST(ours.log_contains("version 1, encrypted"));
}

BOOST_AUTO_TEST_CASE(version_1_with_a_password_must_be_explicitly_allowed) {
  BOOST_CHECK_EXCEPTION(cpp_node{only_version_1(named('a', "secret"))},
                        std::runtime_error, [](const auto& e) {
                          return std::string{e.what()}.find(
                                   "max_protocol_version must be at least")
                                 != std::string::npos;
                        });
}

BOOST_DATA_TEST_CASE(peers_without_a_common_version_do_not_connect,
                     data::make(both_ways()), kinds) {
  auto go_options = named('a');
  go_options.min_version = 2;
  go_peer theirs{go_options};
  cpp_node ours{only_version_1(named('b'))};
  if (kinds.dialler == kind::go)
    theirs.connect_to(ours.address());
  else
    ours.connect_to(theirs.address());
  BOOST_TEST(both_log(theirs, "remote version range [1,1] is incompatible",
                      ours, "version_mismatch"));
  BOOST_TEST(ours.peers().size() == 1U);
  BOOST_TEST(theirs.peers().size() == 1U);
}

BOOST_DATA_TEST_CASE(hash_names_work, data::make(both_ways()), kinds) {
  auto a = start(kinds.dialler, hash_named('a'));
  auto b = start(kinds.acceptor, hash_named('b'));
  BOOST_REQUIRE(connect(*a, *b));
  check_talk(*a, *b);
  BOOST_TEST(come_to_agree({a.get(), b.get()}), views_of({a.get(), b.get()}));
}

BOOST_DATA_TEST_CASE(peers_with_names_of_the_other_flavour_are_refused,
                     data::make(both_ways()), kinds) {
  go_peer theirs{named('a')};
  cpp_node ours{hash_named('b')};
  if (kinds.dialler == kind::go)
    theirs.connect_to(ours.address());
  else
    ours.connect_to(theirs.address());
  BOOST_TEST(both_log(theirs,
                      "Peer name flavour mismatch (ours: 'mac', theirs: "
                      "'hash')",
                      ours, "flavour_mismatch"));
  BOOST_TEST(ours.peers().size() == 1U);
}

BOOST_DATA_TEST_CASE(two_peers_with_the_same_name_do_not_connect,
                     data::make(both_ways()), kinds) {
  go_peer theirs{named('a')};
  cpp_node ours{named('a')};
  if (kinds.dialler == kind::go)
    theirs.connect_to(ours.address());
  else
    ours.connect_to(theirs.address());
  BOOST_TEST(both_log(theirs, "peer names collision", ours, "name_collision"));
  BOOST_TEST(ours.peers().at(0).connections.empty());
  BOOST_TEST(theirs.peers().at(0).connections.empty());
}

BOOST_AUTO_TEST_SUITE_END()
