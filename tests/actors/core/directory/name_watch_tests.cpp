#include "actors/core/directory/name_watch.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

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

BOOST_AUTO_TEST_CASE(a_snapshot_has_no_change_that_is_told_later) {
  auto publish = [&](const std::string& name) {
    docs.own().edit(name, entry_of(1));
  };
  auto announce = [&] {
    docs.own_sealed(docs.own().seal(docs.own().head().version + 1));
  };
  publish("a");
  announce();
  docs.take_changes();
  publish("b");
  name_watch all{{"", true}};
  BOOST_TEST(text(all.take(docs)) == "+a");
  announce();
  for (const auto& x : docs.take_changes())
    all.add(x);
  BOOST_TEST(text(all.take(docs)) == "+b");
}

BOOST_AUTO_TEST_CASE(too_many_changes_become_a_snapshot) {
  name_watch all{{"", true}};
  all.take(docs);
  for (std::size_t i = 0; i <= name_watch::max_waiting; ++i)
    all.add(change(std::to_string(i), entry_of(1), true));
  BOOST_TEST(all.waiting() == 0u);
  BOOST_TEST(all.take(docs).is_snapshot);
  // A single change also becomes a snapshot if it has too many names.
  shown_change many{life_of(1, 1), {}, now, std::vector<std::string>{}};
  for (const auto& each : now)
    many.names->push_back(each.first);
  many.names->push_back("0");
  all.add(many);
  BOOST_TEST(all.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(a_watch_begins_with_a_snapshot_of_what_matches) {
  for (const char* name : {"a", "b", "bc", "c"})
    docs.own().edit(name, entry_of(1));
  docs.own_sealed(docs.own().seal(1));
  for (auto [what, expected] : {std::pair{name_pattern{"b", false}, "+b"},
                                std::pair{name_pattern{"b", true}, "+b+bc"},
                                std::pair{name_pattern{"", true}, "+a+b+bc+c"},
                                std::pair{name_pattern{"bb", true}, "+"},
                                std::pair{name_pattern{"d", true}, "+"}}) {
    name_watch x{what};
    BOOST_TEST(x.has_news());
    x.add(change("before the snapshot", entry_of(1), true));
    BOOST_TEST(x.waiting() == 0u);
    const auto news = x.take(docs);
    BOOST_TEST(news.is_snapshot);
    BOOST_TEST(text(news) == (expected == std::string{"+"} ? "" : expected));
    for (const auto& each : news.updates)
      BOOST_TEST((each.of == life_of(1, 1) && each.now == entry_of(1)));
    BOOST_TEST(!x.has_news());
    BOOST_TEST(!x.take(docs).is_snapshot);
  }
}

BOOST_AUTO_TEST_CASE(a_change_of_unknown_names_is_found_by_comparison) {
  shown_change x{life_of(1, 1), {}, {}, std::nullopt};
  for (const char* name : {"a", "c", "d", "e", "g"})
    x.before.set(name, entry_of(1));
  for (const char* name : {"b", "c", "d", "f", "g", "h"})
    x.after.set(name, entry_of(std::string{name} == "d" ? 2 : 1));
  name_watch some{{"", true}};
  some.take(docs);
  some.add(x);
  BOOST_TEST(text(some.take(docs)) == "-a+b+d-e+f+h");
  std::swap(x.before, x.after);
  some.add(x);
  BOOST_TEST(text(some.take(docs)) == "+a-b+d+e-f-h");
}

BOOST_AUTO_TEST_CASE(a_single_name_that_goes_is_told) {
  for (bool says_name : {false, true}) {
    name_watch x{{"b", false}};
    x.take(docs);
    x.add(change("b", entry_of(1), says_name));
    BOOST_TEST(text(x.take(docs)) == "+b");
    x.add(change("b", entry_of(1), says_name));
    x.add(change("c", entry_of(1), says_name));
    BOOST_TEST(!x.has_news());
    x.add(change("b", std::nullopt, says_name));
    BOOST_TEST(text(x.take(docs)) == "-b");
  }
}

BOOST_AUTO_TEST_CASE(up_to_4096_changes_wait_and_one_more_is_a_snapshot) {
  for (bool says_name : {false, true}) {
    name_watch all{{"", true}};
    all.take(docs);
    now = {};
    for (std::size_t i = 0; i < name_watch::max_waiting; ++i)
      now.set(std::to_string(i), entry_of(1));
    shown_change many{life_of(1, 1), {}, now, std::nullopt};
    if (says_name) {
      many.names.emplace();
      for (const auto& each : now)
        many.names->push_back(each.first);
    }
    all.add(many);
    BOOST_TEST(all.waiting() == 4096u);
    all.add(change("7", entry_of(2), says_name)); // replaces an earlier one
    BOOST_TEST(all.waiting() == 4096u);
    all.add(change("one more", entry_of(1), says_name));
    BOOST_TEST(all.waiting() == 0u);
    BOOST_TEST(all.has_news());
    BOOST_TEST(all.take(docs).is_snapshot);
  }
}

BOOST_AUTO_TEST_SUITE_END()
