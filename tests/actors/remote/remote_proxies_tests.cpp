#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_registry.hpp>

#include "actors/remote/carrier.hpp"
#include "actors/remote/recent_senders.hpp"
#include "tests/support/actor_machines.hpp"
#include "tests/support/heap.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of when proxies end. A proxy is the local stand-in for a remote actor.
namespace {

caf::behavior successor() {
  return {[](int x) {
    return x + 1;
  }};
}

struct pair_of_machines : actor_machines {
  void build() {
    add('a', {});
    add('b', {});
    connect('a', 'b');
    run_for(seconds{3});
    publish_homes();
    run_for(milliseconds{50});
  }
  std::shared_ptr<carrier> carrier_of(char name) {
    return std::static_pointer_cast<carrier>(at(name).remote.carrier);
  }
  std::set<caf::actor_id> registered(char name) {
    std::set<caf::actor_id> result;
    auto last = std::max(at('a').system().latest_actor_id(),
                         at('b').system().latest_actor_id());
    for (caf::actor_id id = 1; id <= last; ++id)
      if (at(name).system().registry().get(id))
        result.insert(id);
    return result;
  }
  /// Spawns actors that send one request each and then end. Returns the number
  /// of answers once everything that the requests needed should have been
  /// released.
  int ask_often(const caf::actor& whom, int count) {
    auto answers = std::make_shared<int>(0);
    for (int i = 0; i < count; ++i) {
      at('a').system().spawn([=](caf::event_based_actor* self) {
        self->request(whom, caf::infinite, 1).then([=](int) { ++*answers; });
      });
      if (i % 500 == 0)
        run_for(milliseconds{5});
    }
    run_for(seconds{41});
    return *answers;
  }
  reply_ptr<int> ask(const caf::actor& whom) {
    return ask_later<int>(at('a').system(), whom, 1);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_proxies_tests, pair_of_machines)

BOOST_AUTO_TEST_CASE(the_proxy_of_a_sender_is_kept_for_seconds) {
  build();
  auto far = at('b').publish(successor);
  auto handle = at('a').handle_of(far);
  auto there = carrier_of('b');
  run_for(seconds{1});
  BOOST_TEST(there->count_proxies() == 0u);
  auto got = ask(handle);
  run_for(milliseconds{100});
  BOOST_TEST_REQUIRE(got->value.has_value(), describe(got->why));
  BOOST_TEST(there->count_proxies() == 1u);
  run_for(seconds{15});
  BOOST_TEST(there->count_proxies() == 0u);
}

BOOST_AUTO_TEST_CASE(proxies_of_few_senders_are_kept) {
  build();
  auto far = at('b').publish(successor);
  auto handle = at('a').handle_of(far);
  auto there = carrier_of('b');
  for (std::size_t i = 0; i < 4 * recent_senders::capacity; ++i)
    ask(handle);
  run_for(milliseconds{100});
  BOOST_TEST(there->count_proxies() > 0u);
  BOOST_TEST(there->count_proxies() <= recent_senders::capacity);
}

BOOST_AUTO_TEST_CASE(short_lived_requesters_leave_nothing_behind) {
  constexpr int count = 100'000;
  build();
  auto far = at('b').publish(successor);
  auto handle = at('a').handle_of(far);
  auto here = carrier_of('a');
  auto there = carrier_of('b');
  auto holdings = [&] {
    return std::vector<std::size_t>{
      at('a').world.running(),  at('b').world.running(),
      here->count_proxies(),    there->count_proxies(),
      here->exported()->size(), there->exported()->size()};
  };
  run_for(seconds{1});
  auto before = holdings();
  BOOST_TEST(ask_often(handle, 1000) == 1000); // some containers stay large
  auto registered_before = std::make_pair(registered('a'), registered('b'));
  auto heap_before = allocated();
  BOOST_TEST(ask_often(handle, count) == count);
  // Less than a byte for each requester remains, on both machines together.
  BOOST_TEST(allocated() < heap_before + count);
  auto after = holdings();
  // Idle gossip senders end, so there may be fewer actors than before.
  for (std::size_t i = 0; i < before.size(); ++i)
    BOOST_TEST(after[i] <= before[i], "holding " << i);
  BOOST_TEST((registered('a') == registered_before.first));
  BOOST_TEST((registered('b') == registered_before.second));
}

BOOST_AUTO_TEST_SUITE_END()
