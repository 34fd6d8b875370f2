#include "tools/meshd/mesh/ended_connections.hpp"

#include <boost/test/unit_test.hpp>

#include <cafmesh/errc.hpp>

using namespace meshd;
using cafmesh::errc;

namespace {

struct fixture {
  ended_connections all;
  std::chrono::system_clock::time_point now{std::chrono::seconds{1}};

  static cafmesh::peer_name name(int x) {
    return cafmesh::peer_name::from_number(static_cast<std::uint64_t>(x));
  }
  void add(int x) {
    cafmesh::connection_summary what;
    what.remote = name(x);
    what.remote_address = "127.0.0.1:" + std::to_string(x);
    all.changed(cafmesh::connection_added{cafmesh::connection_id(x), what},
                now);
  }
  void remove(int x) {
    all.changed(cafmesh::connection_removed{cafmesh::connection_id(x), name(x),
                                            make_error(errc::timed_out, "x")},
                now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ended_connections_tests, fixture)

BOOST_AUTO_TEST_CASE(the_latest_comes_first_with_its_reason) {
  add(1);
  add(2);
  BOOST_TEST(all.all().empty());
  remove(1);
  remove(2);
  BOOST_REQUIRE(all.all().size() == 2u);
  BOOST_TEST(all.all()[0].what.remote_address == "127.0.0.1:2");
  BOOST_TEST(all.all()[1].reason == "timed_out: x");
}

BOOST_AUTO_TEST_CASE(a_connection_that_nobody_has_seen_begin_has_a_name) {
  remove(7);
  BOOST_TEST((all.all().front().what.remote == name(7)));
}

BOOST_AUTO_TEST_CASE(only_the_last_are_kept) {
  for (int i = 1; i <= 100; ++i) {
    add(i);
    remove(i);
  }
  BOOST_TEST(all.all().size() == ended_connections::most);
  BOOST_TEST(all.all().front().what.remote_address == "127.0.0.1:100");
}

BOOST_AUTO_TEST_SUITE_END()
