#include "actors/remote/owed_answers.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include "tests/caf_version/deterministic.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct fixture : deterministic {
  static caf::actor spawn(deterministic& on) {
    return on.system().spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](int) {
      }};
    });
  }
  const caf::abstract_actor& proxy(std::size_t i) const {
    return *caf::actor_cast<caf::abstract_actor*>(proxies[i]);
  }
  static caf::message_id request(std::uint64_t number) {
    return caf::make_message_id(number);
  }
  std::size_t taken(std::size_t i, std::size_t most = 100) {
    return owed.take(proxy(i), most).size();
  }

  // Actors of two systems play the proxies, because they have the same ID.
  deterministic other;
  std::vector<caf::actor> proxies{spawn(*this), spawn(other)};
  owed_answers owed;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(owed_answers_tests, fixture)

BOOST_AUTO_TEST_CASE(a_proxy_owes_nothing_of_another_with_its_id) {
  BOOST_TEST_REQUIRE(proxies[0].id() == proxies[1].id());
  owed.add(proxy(0), request(1), 100);
  owed.add(proxy(1), request(1), 100);
  owed.add(proxy(1), request(2), 100);
  BOOST_TEST(owed.requesters().size() == 2u);
  BOOST_TEST(taken(0) == 1u);
  owed.remove(proxy(0), request(2));
  BOOST_TEST_REQUIRE(owed.requesters().size() == 1u);
  BOOST_TEST((owed.requesters().front().proxy == &proxy(1)));
  BOOST_TEST(owed.requesters().front().id == proxies[1].id());
  BOOST_TEST(taken(1) == 2u);
  BOOST_TEST(owed.requesters().empty());
}

BOOST_AUTO_TEST_CASE(what_was_answered_is_not_owed) {
  owed.add(proxy(0), request(1), 100);
  owed.add(proxy(0), request(2), 100);
  owed.remove(proxy(0), request(1));
  BOOST_TEST(
    (owed.take(proxy(0), 100) == std::vector<caf::message_id>{request(2)}));
}

BOOST_AUTO_TEST_CASE(their_number_and_what_is_taken_at_once_are_limited) {
  for (std::uint64_t i = 1; i <= 10; ++i)
    owed.add(proxy(0), request(i), 8);
  BOOST_TEST(taken(0, 5) == 5u);
  BOOST_TEST(taken(0, 5) == 3u);
  BOOST_TEST(taken(0, 5) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
