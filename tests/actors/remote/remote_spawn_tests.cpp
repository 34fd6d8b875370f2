#include <cafmesh/remote_spawn.hpp>

#include <functional>
#include <stdexcept>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/remote/spawner.hpp"
#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of spawning actors at other peers.
namespace {

using handle = caf::strong_actor_ptr;
using squarer_actor = caf::typed_actor<caf::replies_to<int>::with<int>>;

/// Counts how many `scaler` actors are alive. Each has one object of this type.
struct census {
  static inline int count = 0;
  census() {
    ++count;
  }
  census(const census&) : census() {
  }
  ~census() {
    --count;
  }
};

caf::behavior scaler(caf::event_based_actor* self, int factor) {
  auto counted = std::make_shared<census>();
  return {
    [factor, counted](int x) { return factor * x; },
    [self](const std::string&) { self->quit(); },
  };
}

caf::behavior forbidden(caf::event_based_actor*) {
  return {[](int x) {
    return x;
  }};
}

squarer_actor::behavior_type squarer(squarer_actor::pointer) {
  return {[](int x) {
    return x * x;
  }};
}

/// An actor that keeps itself alive, even if nobody holds a handle of it. Its
/// constructor calls `while_made`.
struct lasting : caf::event_based_actor {
  static inline std::function<void()> while_made;
  explicit lasting(caf::actor_config& config) : event_based_actor(config) {
    while_made();
  }
  caf::behavior make_behavior() override {
    return {[me = caf::actor{this}, counted = census{}](int) {
    }};
  }
};

struct broken : caf::event_based_actor {
  explicit broken(caf::actor_config& config) : event_based_actor(config) {
    throw std::runtime_error("out of order");
  }
};

actor_settings allowing(std::vector<std::string> types) {
  actor_settings result;
  result.spawnable = std::move(types);
  return result;
}

/// Several actor systems, each connected to the next. Each has a directory and
/// a spawner, as `join_actors` starts them. All register the same actor types.
struct spawning : actor_machines {
  void add_spawning(char letter, const actor_settings& config) {
    auto& x = add(letter, config);
    auto& system = x.system();
    // The cast is safe, because the fixture's configuration is not const.
    const_cast<caf::actor_system_config&>(system.config())
      .add_actor_type("scaler", scaler)
      .add_actor_type("forbidden", forbidden)
      .add_actor_type("squarer", squarer)
      .add_actor_type<lasting>("lasting")
      .add_actor_type<broken>("broken");
    names[letter] = x.spawn_names();
    spawn_spawner(system, config, names[letter], x.remote.postman, x.log,
                  blocking_work::on_scheduler);
  }
  void build(const std::string& letters, const actor_settings& config) {
    for (auto letter : letters)
      add_spawning(letter, config);
    for (std::size_t i = 0; i + 1 < letters.size(); ++i)
      connect(letters[i], letters[i + 1]);
    run_for(seconds{3});
  }
  template <class Handle = caf::actor, class... Ts>
  reply_ptr<handle> spawn(char at_whom, char where, const std::string& type,
                          Ts... arguments) {
    auto& system = at(at_whom).system();
    auto result = ask_later<handle>(
      system, names.at(at_whom),
      spawn_at<Handle>(system, peer(where), type, arguments...));
    run_for(milliseconds{50});
    BOOST_TEST(!result->is_open);
    return result;
  }
  int ask(char from, const handle& whom, int x) {
    auto result =
      ask_later<int>(at(from).system(), caf::actor_cast<caf::actor>(whom), x);
    run_for(milliseconds{50});
    BOOST_TEST_REQUIRE(result->value.has_value(), describe(result->why));
    return *result->value;
  }
  handle spawner_of(char where, char as_seen_from) {
    auto result = ask_later<resolved_actors>(
      at(as_seen_from).system(), names.at(as_seen_from),
      resolve_name{"spawn:scaler", which_actor::at_peer, peer(where), {}});
    run();
    BOOST_TEST_REQUIRE(result->value.has_value(), describe(result->why));
    return result->value->all.at(0).actor;
  }
  actors_status status(char where) {
    auto result = ask_later<actors_status>(at(where).system(), names.at(where),
                                           get_actors{});
    run();
    BOOST_TEST_REQUIRE(result->value.has_value(), describe(result->why));
    return *result->value;
  }
  std::size_t running(char where) {
    return at(where).world.running();
  }
  static peer_name peer(char letter) {
    return peer_name::from_number(static_cast<std::uint64_t>(letter));
  }
  ~spawning() {
    names.clear();
  }

  std::map<char, directory_actor> names;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_spawn_tests, spawning)

BOOST_AUTO_TEST_CASE(an_actor_of_an_allowed_type_is_spawned_and_works) {
  build("abc", allowing({"scaler", "squarer"}));
  auto x = spawn('a', 'c', "scaler", 3);
  BOOST_TEST_REQUIRE(x->value.has_value(), describe(x->why));
  BOOST_TEST((x->value.value()->node() == at('c').system().node()));
  BOOST_TEST(ask('a', *x->value, 5) == 15);
  auto y = spawn<squarer_actor>('a', 'c', "squarer");
  BOOST_TEST_REQUIRE(y->value.has_value(), describe(y->why));
  BOOST_TEST(ask('a', *y->value, 5) == 25);
  auto ours = spawn('a', 'a', "scaler", 4);
  BOOST_TEST_REQUIRE(ours->value.has_value(), describe(ours->why));
  BOOST_TEST(ask('a', *ours->value, 5) == 20);
}

BOOST_AUTO_TEST_CASE(by_default_peers_can_spawn_nothing) {
  build("ab", {});
  auto x = spawn('a', 'b', "scaler", 3);
  BOOST_TEST(is(x->why, errc::not_spawnable), describe(x->why));
}

BOOST_AUTO_TEST_CASE(a_registered_type_that_is_not_allowed_is_refused) {
  build("ab", allowing({"scaler"}));
  auto x = spawn('a', 'b', "forbidden");
  BOOST_TEST(is(x->why, errc::not_spawnable), describe(x->why));
  // Asks the spawner directly and not through a directory, as a hostile peer
  // could.
  auto before = running('b');
  auto raw = ask_later<handle>(
    at('a').system(), caf::actor_cast<caf::actor>(spawner_of('b', 'a')),
    caf::make_message(caf::spawn_atom_v, std::string{"forbidden"},
                      caf::make_message(), std::set<std::string>{}));
  run_for(milliseconds{50});
  BOOST_TEST(is(raw->why, errc::not_spawnable), describe(raw->why));
  BOOST_TEST(running('b') == before);
}

BOOST_AUTO_TEST_CASE(at_an_unknown_peer_there_is_no_route) {
  build("ab", allowing({"scaler"}));
  auto x = spawn('a', 'z', "scaler", 3);
  BOOST_TEST(is(x->why, errc::no_route), describe(x->why));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_fails_and_leaves_no_actor) {
  build("ab", allowing({"scaler", "squarer", "broken"}));
  auto before = running('b');
  auto no_number = spawn('a', 'b', "scaler", std::string{"3"});
  BOOST_TEST(is(no_number->why, errc::spawn_failed), describe(no_number->why));
  auto thrown = spawn('a', 'b', "broken");
  BOOST_TEST(is(thrown->why, errc::spawn_failed), describe(thrown->why));
  BOOST_TEST(describe(thrown->why).find("out of order") != std::string::npos);
  auto untyped = spawn<squarer_actor>('a', 'b', "scaler", 3);
  BOOST_TEST(is(untyped->why, errc::spawn_failed), describe(untyped->why));
  BOOST_TEST(running('b') == before);
}

BOOST_AUTO_TEST_CASE(one_peer_cannot_have_more_actors_than_allowed) {
  auto config = allowing({"scaler"});
  config.max_spawned = 2;
  build("abc", config);
  auto first = spawn('a', 'b', "scaler", 1);
  auto second = spawn('a', 'b', "scaler", 2);
  auto third = spawn('a', 'b', "scaler", 3);
  BOOST_TEST(is(third->why, errc::too_many_actors), describe(third->why));
  auto of_c = spawn('c', 'b', "scaler", 3);
  BOOST_TEST(of_c->value.has_value(), describe(of_c->why));
  caf::anon_send(caf::actor_cast<caf::actor>(*first->value),
                 std::string{"quit"});
  run_for(milliseconds{50});
  third = spawn('a', 'b', "scaler", 3);
  BOOST_TEST(third->value.has_value(), describe(third->why));
}

BOOST_AUTO_TEST_CASE(all_peers_together_cannot_have_more_factories_called) {
  auto config = allowing({"scaler"});
  config.max_spawned = 150;
  build("abc", config);
  auto spawner = spawner_of('b', 'b');
  // All requests to spawn an actor arrive before the first factory runs.
  for (auto letter : {'a', 'c'}) {
    auto sender =
      at('b').handle_of(at(letter).publish([](caf::event_based_actor*) {
        return caf::behavior{[](int) {
        }};
      }));
    for (int i = 1; i <= 150; ++i)
      spawner->enqueue(
        caf::actor_cast<handle>(sender),
        caf::make_message_id(static_cast<std::uint64_t>(i))
          .with_normal_priority(),
        caf::make_message(caf::spawn_atom_v, std::string{"scaler"},
                          caf::make_message(i), std::set<std::string>{}),
        nullptr);
  }
  spawner = nullptr;
  at('b').world.run();
  auto all = status('b');
  BOOST_TEST_REQUIRE(all.peers.size() == 3u);
  BOOST_TEST(all.peers[0].spawned == 150u);
  BOOST_TEST(all.peers[2].spawned == 106u);
  BOOST_TEST(census::count == 256);
  auto x = spawn('c', 'b', "scaler", 3);
  BOOST_TEST(x->value.has_value(), describe(x->why));
}

BOOST_AUTO_TEST_CASE(an_actor_that_is_made_after_its_node_has_stopped_ends) {
  build("ab", allowing({"scaler", "lasting"}));
  lasting::while_made =
    [this, weak = caf::actor_cast<caf::actor_addr>(spawner_of('b', 'b'))] {
      // Tells the spawner that the postman has ended.
      caf::anon_send(caf::actor_cast<caf::actor>(weak),
                     caf::down_msg{at('b').remote.postman.address(), {}});
    };
  auto x = ask_later<handle>(
    at('b').system(), names.at('b'),
    spawn_at<caf::actor>(at('b').system(), peer('b'), "lasting"));
  run_for(milliseconds{50});
  BOOST_TEST(is(x->why, errc::stopped), describe(x->why));
  BOOST_TEST(census::count == 0);
}

BOOST_AUTO_TEST_CASE(actors_that_cannot_be_made_do_not_count) {
  auto config = allowing({"scaler", "broken"});
  config.max_spawned = 1;
  build("ab", config);
  for (int i = 0; i < 3; ++i)
    spawn('a', 'b', "broken");
  auto x = spawn('a', 'b', "scaler", 3);
  BOOST_TEST(x->value.has_value(), describe(x->why));
}

BOOST_AUTO_TEST_CASE(when_a_peer_departs_the_actors_spawned_for_it_end) {
  build("abc", allowing({"scaler"}));
  auto of_c = spawn('c', 'b', "scaler", 3);
  auto kept = *of_c->value;
  of_c->value.reset();
  auto of_a = spawn('a', 'b', "scaler", 3);
  // A handle at a third peer does not keep a spawned actor alive.
  auto passed_on = at('c').handle_of(caf::actor_cast<caf::actor>(*of_a->value));
  of_a->value.reset();
  BOOST_TEST(census::count == 2);
  names.erase('a');
  stop('a');
  run_for(milliseconds{100});
  BOOST_TEST(census::count == 1);
  BOOST_TEST(ask('c', kept, 5) == 15);
}

BOOST_AUTO_TEST_CASE(an_actor_of_which_nobody_holds_a_handle_ends) {
  auto config = allowing({"scaler"});
  config.max_spawned = 1;
  config.handle_grace = seconds{1};
  build("ab", config);
  spawn('a', 'b', "scaler", 3);
  BOOST_TEST(census::count == 1);
  run_for(config.handle_grace + seconds{10});
  BOOST_TEST(census::count == 0);
  auto x = spawn('a', 'b', "scaler", 3);
  BOOST_TEST(x->value.has_value(), describe(x->why));
}

BOOST_AUTO_TEST_CASE(the_status_lists_spawned_actors_by_peer) {
  auto config = allowing({"scaler", "squarer"});
  config.max_spawned = 5;
  build("abc", config);
  auto of_a = spawn('a', 'b', "scaler", 3);
  auto of_c = spawn('c', 'b', "squarer");
  auto ours = spawn('b', 'b', "scaler", 3);
  auto all = status('b');
  BOOST_TEST(all.max_spawned == 5u);
  BOOST_TEST(all.overdue_spawns == 0u);
  BOOST_TEST_REQUIRE(all.peers.size() == 3u);
  const std::vector<reply_ptr<handle>> spawned{of_a, ours, of_c};
  const std::vector<std::string> types{"scaler", "scaler", "squarer"};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& x = all.peers[i];
    BOOST_TEST((x.peer == peer("abc"[i])));
    BOOST_TEST(x.spawned == 1u);
    BOOST_TEST(x.being_spawned == 0u);
    BOOST_TEST_REQUIRE(x.spawned_actors.size() == 1u);
    BOOST_TEST(x.spawned_actors[0].type == types[i]);
    BOOST_TEST(x.spawned_actors[0].actor == (*spawned[i]->value)->id());
  }
  caf::anon_send(caf::actor_cast<caf::actor>(*ours->value),
                 std::string{"quit"});
  run_for(milliseconds{50});
  BOOST_TEST(status('b').peers[1].spawned == 0u);
}

BOOST_AUTO_TEST_CASE(without_its_spawner_a_node_still_has_a_status) {
  build("ab", allowing({"scaler"}));
  BOOST_TEST(status('b').max_spawned == 64u);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(spawner_of('b', 'b')),
                      caf::exit_reason::user_shutdown);
  run_for(milliseconds{50});
  auto left = status('b');
  BOOST_TEST(left.max_spawned == 0u);
  BOOST_TEST(left.peers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_peer_cannot_spawn_in_the_name_of_another) {
  build("abc", allowing({"scaler"}));
  auto to = spawner_of('c', 'b');
  auto forger = at('b').publish([to](caf::event_based_actor* self) {
    return caf::behavior{[self, to](int) {
      return self->delegate(caf::actor_cast<spawner_actor>(to),
                            caf::spawn_atom_v, std::string{"scaler"},
                            caf::make_message(3), std::set<std::string>{});
    }};
  });
  to = nullptr;
  auto x = ask_later<handle>(at('a').system(), at('a').handle_of(forger), 1);
  forger = nullptr;
  run_for(milliseconds{50});
  BOOST_TEST(is(x->why, errc::not_spawnable), describe(x->why));
  BOOST_TEST(census::count == 0);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_actor_type_is_a_bad_setting) {
  deterministic world;
  BOOST_TEST(!check_spawnable(world.system(), {}));
  auto why = check_spawnable(world.system(), allowing({"scaler"}));
  BOOST_TEST(is(why, errc::bad_setting), describe(why));
}

BOOST_AUTO_TEST_SUITE_END()
