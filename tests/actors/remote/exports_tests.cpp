#include "actors/remote/exports.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "actors/remote/carrier.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of the local actors that peers may address, and for how long.
namespace {

constexpr auto grace = seconds{10};

struct exporting : actor_machines {
  caf::strong_actor_ptr spawn_one() {
    return caf::actor_cast<caf::strong_actor_ptr>(at('a').spawn(adder));
  }
  /// Spawns actors until one has the same ID as `x`, modulo 64.
  caf::strong_actor_ptr spawn_beside(const caf::strong_actor_ptr& x) {
    auto result = spawn_one();
    while (result->id() % 64 != x->id() % 64)
      result = spawn_one();
    return result;
  }

  /// Exports actors of which each holds the handle of the next one.
  void export_chain(exports& by, std::size_t length) {
    caf::actor first;
    for (; length > 0; --length) {
      first = system.spawn([next = first] {
        return caf::behavior{[next](int) {
        }};
      });
      by.add(caf::actor_cast<caf::strong_actor_ptr>(first));
    }
  }

  caf::actor_system& system = add('a').system();
  std::shared_ptr<exports> exported =
    std::make_shared<exports>(system, grace, nullptr);
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(exports_tests, exporting)

BOOST_AUTO_TEST_CASE(the_grace_counts_from_the_next_upkeep) {
  auto x = spawn_one();
  for (auto i = 0; i < 3; ++i) {
    BOOST_TEST(exported->add(x));
    run_for(grace - seconds{1});
  }
  exported->expire();
  BOOST_TEST(exported->contains(x->id()));
  run_for(grace - seconds{1});
  exported->expire();
  BOOST_TEST(exported->contains(x->id()));
  run_for(seconds{1});
  BOOST_TEST((exported->expire() == exports::remaining::some));
  BOOST_TEST(!exported->contains(x->id()));
}

BOOST_AUTO_TEST_CASE(each_of_many_actors_has_its_own_grace) {
  auto x = spawn_one();
  auto y = spawn_beside(x);
  BOOST_TEST(exported->add(x));
  run_for(grace - seconds{1});
  BOOST_TEST(exported->add(x));
  BOOST_TEST(exported->add(y));
  run_for(seconds{2});
  exported->expire();
  BOOST_TEST(exported->contains(x->id()));
  BOOST_TEST(exported->contains(y->id()));
}

BOOST_AUTO_TEST_CASE(an_actor_that_has_ended_is_no_longer_exported) {
  auto x = spawn_one();
  auto y = spawn_beside(x);
  BOOST_TEST(exported->add(x));
  caf::anon_send_exit(caf::actor_cast<caf::actor>(x),
                      caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(!exported->contains(x->id()));
  BOOST_TEST(exported->add(y));
  exported->expire();
  run_for(grace);
  exported->expire();
  BOOST_TEST(!exported->contains(y->id()));
}

BOOST_AUTO_TEST_CASE(a_chain_of_actors_that_nobody_needs_ends_at_once) {
  const auto before = at('a').world.running();
  export_chain(*exported, 300);
  exported->expire();
  run_for(grace);
  BOOST_TEST(at('a').world.running() == before + 300);
  exported->expire();
  BOOST_TEST(at('a').world.running() == before);
}

BOOST_AUTO_TEST_CASE(one_upkeep_ends_only_a_part_of_a_long_chain) {
  const auto before = at('a').world.running();
  export_chain(*exported, 1'000);
  exported->expire();
  run_for(grace);
  BOOST_TEST((exported->expire() == exports::remaining::to_release));
  BOOST_TEST(at('a').world.running() > before);
  while (exported->expire() == exports::remaining::to_release)
    continue;
  BOOST_TEST(at('a').world.running() == before);
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_long_chain_ends_soon_after) {
  constexpr std::size_t length = 1'000;
  const auto before = at('a').world.running();
  auto shared = std::static_pointer_cast<carrier>(at('a').remote.carrier);
  export_chain(*shared->exported(), length);
  shared->postman().tell(outbox_filled{});
  for (int i = 0; i < 100 && at('a').world.running() == before + length; ++i)
    run_for(milliseconds{500});
  run_for(seconds{1});
  BOOST_TEST(at('a').world.running() == before);
}

BOOST_AUTO_TEST_CASE(a_message_that_cannot_be_encoded_opens_no_actor) {
  auto shared = std::static_pointer_cast<carrier>(at('a').remote.carrier);
  const std::string too_large(9 * 1024 * 1024, 'x');
  const auto before = at('a').world.running();
  for (auto was_sent : {true, false}) {
    auto x = system.spawn(adder);
    const auto id = x.id();
    bytes raw;
    if (was_sent)
      BOOST_TEST(!shared->encode_message(caf::make_message(x), raw));
    BOOST_TEST(is(shared->encode_message(caf::make_message(x, too_large), raw),
                  errc::too_large));
    const auto handle = shared->handle_of(system.node(), id);
    BOOST_TEST(bool{handle} == was_sent);
  }
  // The registry keeps neither actor.
  run_for(shared->config().handle_grace + seconds{11});
  BOOST_TEST(at('a').world.running() == before);
}

BOOST_AUTO_TEST_SUITE_END()
