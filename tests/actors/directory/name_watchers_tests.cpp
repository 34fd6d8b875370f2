#include "tests/actors/directory/directories.hpp"

#include <caf/response_promise.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of actors that are told when names are published or withdrawn.
namespace {

/// Tells a watcher to send the answers that it has kept back.
struct goes_on {};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(goes_on)

namespace {

/// The changes that a watcher was told of. While `keeps_answers` is true, the
/// watcher does not answer them.
struct told {
  std::vector<names_changed> all;
  bool keeps_answers = false;
  std::vector<caf::response_promise> kept;
  caf::actor watcher;

  /// Message `i` as text: `*` if it is a snapshot, then `+name/peer` for each
  /// new name and `-name/peer` for each name that is gone.
  std::string text(std::size_t i) const {
    std::string result = all.at(i).is_snapshot ? "*" : "";
    for (const auto& x : all[i].published)
      result += " +" + x.name + "/" + static_cast<char>(x.peer.number());
    for (const auto& x : all[i].gone)
      result += " -" + x.name + "/" + static_cast<char>(x.peer.number());
    return result;
  }
};

struct watched_directories : directories {
  std::shared_ptr<told> watch(char where, const std::string& text,
                              bool is_prefix = false) {
    auto result = std::make_shared<told>();
    auto watcher = keep(system().spawn([result](caf::event_based_actor* self) {
      return caf::behavior{
        [self, result](const names_changed& x) -> caf::result<void> {
          result->all.push_back(x);
          if (!result->keeps_answers)
            return caf::unit;
          result->kept.push_back(self->make_response_promise());
          return result->kept.back();
        },
        [result](goes_on) {
          for (auto& x : std::exchange(result->kept, {}))
            x.deliver(caf::unit);
        }};
    }));
    result->watcher = watcher;
    ask<void>(all.at(where),
              watch_names{text, is_prefix,
                          caf::actor_cast<name_watcher_actor>(watcher)});
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(name_watchers_tests, watched_directories)

BOOST_AUTO_TEST_CASE(a_watcher_gets_a_snapshot_and_then_changes) {
  build_with_directories("ab");
  publish('b', "db", spawn_echo("x"));
  publish('b', "web", spawn_echo("x"));
  run_for(milliseconds{20});
  auto one = watch('a', "db");
  BOOST_TEST_REQUIRE(one->all.size() == 1u);
  BOOST_TEST(one->text(0) == "* +db/b");
  publish('a', "db", spawn_echo("y"));
  run_for(milliseconds{20});
  BOOST_TEST(one->text(1) == " +db/a");
  publish('a', "web", spawn_echo("z"));
  unpublish('b', "db");
  run_for(milliseconds{20});
  BOOST_TEST_REQUIRE(one->all.size() == 3u);
  BOOST_TEST(one->text(2) == " -db/b");
}

BOOST_AUTO_TEST_CASE(a_name_that_was_just_published_is_told_once) {
  build_with_directories("ab");
  publish('a', "db", spawn_echo("x"));
  publish('a', "web", spawn_echo("y"));
  auto both = watch('a', "", true);
  run_for(milliseconds{20});
  BOOST_TEST_REQUIRE(both->all.size() == 1u);
  BOOST_TEST(both->text(0) == "* +db/a +web/a");
}

BOOST_AUTO_TEST_CASE(an_empty_snapshot_is_told_too) {
  build_with_directories("ab");
  auto none = watch('a', "db");
  BOOST_TEST_REQUIRE(none->all.size() == 1u);
  BOOST_TEST(none->text(0) == "*");
}

BOOST_AUTO_TEST_CASE(names_with_a_prefix_are_watched_together) {
  build_with_directories("ab");
  publish('b', "db/1", spawn_echo("x"));
  auto all_of_them = watch('a', "db/", true);
  BOOST_TEST(all_of_them->text(0) == "* +db/1/b");
  publish('b', "db/2", spawn_echo("x"));
  publish('b', "dc", spawn_echo("x"));
  run_for(milliseconds{20});
  BOOST_TEST(all_of_them->text(1) == " +db/2/b");
  at('b').stop();
  settle();
  BOOST_TEST(all_of_them->text(2) == " -db/1/b -db/2/b");
  BOOST_TEST(all_of_them->all.size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_slow_watcher_is_merged) {
  build_with_directories("ab");
  auto slow = watch('a', "", true);
  slow->keeps_answers = true;
  auto x = spawn_echo("x");
  publish('b', "first", x);
  run_for(milliseconds{20});
  BOOST_TEST(slow->all.size() == 2u);
  for (int i = 0; i < 100; ++i) {
    publish('b', "come and gone", x);
    publish('b', "n" + std::to_string(i % 3), x);
    run_for(milliseconds{20});
    unpublish('b', "come and gone");
    run_for(milliseconds{20});
  }
  BOOST_TEST(slow->all.size() == 2u);
  caf::anon_send(slow->watcher, goes_on{});
  run();
  BOOST_TEST_REQUIRE(slow->all.size() == 3u);
  BOOST_TEST(slow->text(2) == " +n0/b +n1/b +n2/b -come and gone/b");
}

BOOST_AUTO_TEST_CASE(a_stuck_watcher_costs_bounded_memory_and_gets_a_snapshot) {
  build_with_directories("ab");
  auto stuck = watch('a', "", true);
  stuck->keeps_answers = true;
  auto x = spawn_echo("x");
  publish('b', "first", x);
  run_for(milliseconds{20});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 3000; ++i)
      caf::anon_send(
        all['b'],
        publication(system(), std::to_string(round) + "/" + std::to_string(i),
                    x));
    run_for(seconds{1});
  }
  caf::anon_send(stuck->watcher, goes_on{});
  run();
  BOOST_TEST_REQUIRE(stuck->all.size() == 3u);
  BOOST_TEST(stuck->all[2].is_snapshot);
  BOOST_TEST(stuck->all[2].published.size() == 9001u);
}

BOOST_AUTO_TEST_SUITE_END()
