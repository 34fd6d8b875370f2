#include <optional>

#include <boost/test/unit_test.hpp>

#include "actors/core/gossip/sending_pace.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

// A stranger at `a` changes its record, of which `b` hears through `a`.
struct pace : mesh {
  pace() {
    build("ab");
    s.emplace(*this, at('a'));
    s->introduce();
    rest();
  }

  void rest() {
    s->queue_heartbeat();
    run_for(seconds{1});
    s->talk();
  }

  void change() {
    s->send_topology({{{s->name(), "s", peer_uid{4711}, ++version, short_id{7}},
                       {{at('a').name(), at('a').address(), true, true}}}});
  }

  std::uint64_t heard() {
    for (const auto& x : at('b').description().peers)
      if (x.peer.name == s->name())
        return x.peer.version;
    return 0;
  }

  std::uint64_t messages() {
    return at('b').figures("topology").gossips_received;
  }

  std::optional<stranger> s;
  std::uint64_t version = 10;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(topology_pace_tests, pace)

BOOST_AUTO_TEST_CASE(a_few_changes_are_passed_on_at_once) {
  for (unsigned i = 0; i < sending_pace::at_once; ++i) {
    change();
    BOOST_TEST(heard() == version);
  }
}

BOOST_AUTO_TEST_CASE(many_changes_are_passed_on_in_few_messages) {
  const auto before = messages();
  for (int i = 0; i < 100; ++i) {
    change();
    run_for(milliseconds{10});
  }
  BOOST_TEST(messages() - before < 20u);
  run_for(milliseconds{200});
  BOOST_TEST(heard() == version);
}

BOOST_AUTO_TEST_SUITE_END()
