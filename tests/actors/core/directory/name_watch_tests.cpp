#include "actors/core/directory/name_watch.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

// Tests of what a watcher of names is told when documents change.
namespace {

struct watched {
  documents docs{life_of(1, 1), "node"};
  entry_map now;

  shown_change change(const std::string& name, std::optional<entry> to,
                      bool says_name) {
    shown_change result{life_of(1, 1), now, {}, std::nullopt};
    if (to)
      now.set(name, *to);
    else
      now.erase(name);
    result.after = now;
    if (says_name)
      result.names = std::vector<std::string>{name};
    return result;
  }
  static std::string text(const name_watch::news& x) {
    std::string result;
    for (const auto& each : x.updates)
      result += (each.now ? "+" : "-") + each.name;
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(name_watch_tests, watched)

BOOST_AUTO_TEST_CASE(only_matching_names_are_told) {
  for (bool says_name : {false, true}) {
    now = {};
    name_watch one{{"b", false}}, some{{"b", true}}, all{{"", true}};
    for (auto* x : {&one, &some, &all})
      BOOST_TEST(x->take(docs).is_snapshot);
    for (const char* name : {"a", "b", "bc", "c"}) {
      auto x = change(name, entry_of(1), says_name);
      one.add(x);
      some.add(x);
      all.add(x);
    }
    BOOST_TEST(text(one.take(docs)) == "+b");
    BOOST_TEST(text(some.take(docs)) == "+b+bc");
    BOOST_TEST(text(all.take(docs)) == "+a+b+bc+c");
    BOOST_TEST(!all.has_news());
  }
}

BOOST_AUTO_TEST_CASE(an_entry_that_stays_the_same_is_no_news) {
  name_watch all{{"", true}};
  all.take(docs);
  all.add(change("a", entry_of(1), false));
  all.take(docs);
  all.add(change("a", entry_of(1), true));
  all.add(change("a", entry_of(1), false));
  BOOST_TEST(!all.has_news());
  all.add(change("a", entry_of(2), false));
  BOOST_TEST(all.take(docs).updates.at(0).now->actor == 2u);
}

BOOST_AUTO_TEST_CASE(too_many_changes_become_a_snapshot) {
  name_watch all{{"", true}};
  all.take(docs);
  for (std::size_t i = 0; i <= name_watch::max_waiting; ++i)
    all.add(change(std::to_string(i), entry_of(1), true));
  BOOST_TEST(all.waiting() == 0u);
  BOOST_TEST(all.take(docs).is_snapshot);
  // The same holds if a single change names too many entries.
  shown_change many{life_of(1, 1), {}, now, std::vector<std::string>{}};
  for (const auto& each : now)
    many.names->push_back(each.first);
  many.names->push_back("0");
  all.add(many);
  BOOST_TEST(all.waiting() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
