#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests that payloads of any size arrive unchanged.
BOOST_AUTO_TEST_SUITE(payloads_tests)

namespace {

constexpr std::size_t sizes[] = {0, 1, 64U << 10, 9U << 20};

struct secrecy {
  std::optional<std::string> password;
};

std::ostream& operator<<(std::ostream& out, const secrecy& x) {
  return out << (x.password ? "encrypted" : "plain");
}

const auto plain_and_encrypted =
  data::make(std::vector<secrecy>{{std::nullopt}, {"secret"}});

struct connected_pair {
  std::unique_ptr<mesh_peer> a;
  std::unique_ptr<mesh_peer> b;

  connected_pair(const pair_of_kinds& kinds, const secrecy& x)
      : a(start(kinds.dialler, named('a', x.password))),
        b(start(kinds.acceptor, named('b', x.password))) {
    BOOST_REQUIRE(connect(*a, *b));
  }
};

struct connected_line {
  std::unique_ptr<mesh_peer> a;
  std::unique_ptr<mesh_peer> b;
  std::unique_ptr<mesh_peer> c;

  connected_line(const kinds_in_line& kinds, const secrecy& x)
      : a(start(kinds.kinds[0], named('a', x.password))),
        b(start(kinds.kinds[1], named('b', x.password))),
        c(start(kinds.kinds[2], named('c', x.password))) {
    BOOST_REQUIRE(connect(*a, *b));
    BOOST_REQUIRE(connect(*c, *b));
    BOOST_REQUIRE(reach_each_other({a.get(), b.get(), c.get()}));
  }
};

void check_unicast(mesh_peer& from, mesh_peer& to, std::size_t size) {
  from.unicast(to.name(), size, size + 1);
  BOOST_TEST(to.wait_for_blob("unicast", size, size + 1).at("from")
             == from.name());
}

void check_broadcast(mesh_peer& from, mesh_peer& to, std::size_t size) {
  from.broadcast(size, size + 2);
  BOOST_TEST(to.wait_for_blob("broadcast", size, size + 2).at("from")
             == from.name());
}

} // namespace

BOOST_DATA_TEST_CASE(unicasts_arrive_unchanged,
                     data::make(both_ways()) * plain_and_encrypted, kinds,
                     secret) {
  connected_pair pair{kinds, secret};
  for (auto size : sizes) {
    check_unicast(*pair.a, *pair.b, size);
    check_unicast(*pair.b, *pair.a, size);
  }
}

BOOST_DATA_TEST_CASE(broadcasts_arrive_unchanged,
                     data::make(both_ways()) * plain_and_encrypted, kinds,
                     secret) {
  connected_pair pair{kinds, secret};
  for (auto size : sizes) {
    check_broadcast(*pair.a, *pair.b, size);
    check_broadcast(*pair.b, *pair.a, size);
  }
}

BOOST_DATA_TEST_CASE(payloads_pass_a_peer_of_the_other_kind_unchanged,
                     data::make(lines_of_three()) * plain_and_encrypted, kinds,
                     secret) {
  connected_line line{kinds, secret};
  for (auto size : sizes) {
    check_unicast(*line.a, *line.c, size);
    check_broadcast(*line.c, *line.a, size);
    line.b->wait_for_blob("broadcast", size, size + 2);
  }
}

BOOST_DATA_TEST_CASE(payloads_of_both_directions_do_not_mix,
                     data::make(both_ways()) * plain_and_encrypted, kinds,
                     secret) {
  constexpr std::size_t messages = 300;
  connected_pair pair{kinds, secret};
  for (std::size_t i = 0; i < messages; ++i) {
    pair.a->unicast(pair.b->name(), i * 50, i);
    pair.b->unicast(pair.a->name(), i * 60, i);
  }
  for (std::size_t i = 0; i < messages; ++i) {
    auto at_b = pair.b->wait_for(is_unicast);
    BOOST_TEST(at_b.at("size") == i * 50);
    BOOST_TEST(at_b.at("fnv") == digest(test_blob(i * 50, i)));
    auto at_a = pair.a->wait_for(is_unicast);
    BOOST_TEST(at_a.at("size") == i * 60);
    BOOST_TEST(at_a.at("fnv") == digest(test_blob(i * 60, i)));
  }
}

BOOST_DATA_TEST_CASE(version_1_carries_the_same_payloads,
                     data::make(both_ways()) * plain_and_encrypted, kinds,
                     secret) {
  auto of = [&](kind what, char letter) {
    auto options = named(letter, secret.password);
    options.min_version = 1;
    options.max_version = 1;
    return start(what, options);
  };
  auto a = of(kinds.dialler, 'a');
  auto b = of(kinds.acceptor, 'b');
  BOOST_REQUIRE(connect(*a, *b));
  for (auto size : sizes) {
    check_unicast(*a, *b, size);
    check_broadcast(*b, *a, size);
  }
}

// A Go peer closes the connection if a frame is too large, so we must not send
// one.
BOOST_DATA_TEST_CASE(a_payload_too_large_for_a_frame_is_refused_without_harm,
                     plain_and_encrypted, secret) {
  cpp_node ours{named('a', secret.password)};
  go_peer theirs{named('b', secret.password)};
  BOOST_REQUIRE(connect(ours, theirs));
  BOOST_CHECK_EXCEPTION(ours.unicast(theirs.name(), 10U << 20, 1),
                        std::runtime_error, [](const auto& e) {
                          return std::string{e.what()}.find("too_large")
                                 != std::string::npos;
                        });
  check_unicast(ours, theirs, 1);
  BOOST_TEST(theirs.is_connected_to(ours.name()));
}

BOOST_AUTO_TEST_SUITE_END()
