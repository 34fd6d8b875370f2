#include <cafmesh/replicated.hpp>

#include <boost/test/unit_test.hpp>

#include "tests/actors/replicated/stores.hpp"
#include "tests/support/heap.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of actors that are told of changes to a replicated value.
namespace {

/// A watcher that answers a change only when the test tells it to.
struct slow_watcher {
  struct state {
    std::vector<snapshot<lww_map>> news;
    snapshot<lww_map> value; // the latest
    caf::response_promise open;
  };

  slow_watcher(replicated_mesh& mesh, const stores::store& whom) : in(mesh) {
    self = in.system().spawn([x = told](caf::event_based_actor* me) {
      return caf::behavior{[x, me](const value_changed<lww_map>& what) {
                             x->news.push_back(what.news);
                             x->value = what.value;
                             x->open = me->make_response_promise();
                             return x->open;
                           },
                           [x](bool is_good) {
                             if (is_good)
                               x->open.deliver(caf::unit);
                             else
                               x->open.deliver(
                                 make_error(errc::bad_setting, "no"));
                           }};
    });
    watch(whom);
  }
  void watch(const stores::store& whom) {
    caf::anon_send(whom,
                   cafmesh::watch<lww_map>{
                     caf::actor_cast<value_watcher_actor<lww_map>>(self)});
    in.run();
  }
  ~slow_watcher() {
    caf::anon_send_exit(self, caf::exit_reason::user_shutdown);
    in.run();
  }
  void finish(bool is_good = true) {
    caf::anon_send(self, is_good);
    in.run();
  }

  replicated_mesh& in;
  std::shared_ptr<state> told = std::make_shared<state>();
  caf::actor self;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(watching_tests, stores)

BOOST_AUTO_TEST_CASE(a_watcher_gets_the_whole_value_at_once_and_then_changes) {
  build("ab");
  auto a = value_on<lww_map>('a');
  auto b = value_on<lww_map>('b');
  put(a, "k", "v");
  auto changed = watch_changes(b);
  BOOST_TEST_REQUIRE(changed->told.size() == 1u);
  BOOST_TEST(changed->news(0) == "k=v ");
  put(a, "l", "w");
  erase(b, "k");
  BOOST_TEST_REQUIRE(changed->told.size() == 3u);
  BOOST_TEST(changed->news(1) == "l=w ");
  BOOST_TEST(changed->news(2) == "-k ");
  BOOST_TEST(changed->told[2].value->size() == 1u);
}

BOOST_AUTO_TEST_CASE(changes_in_quick_succession_come_as_one) {
  add('a');
  auto a = value_on<lww_map>('a');
  auto changed = watch_changes(a);
  for (auto key : {"k", "l", "m"})
    caf::anon_send(a, update<lww_map>{[=](const lww_map& x) {
                     return x.put(key, view("v"), peer_name::from_number(1));
                   }});
  run();
  BOOST_TEST_REQUIRE(changed->told.size() == 2u);
  BOOST_TEST(changed->news(1) == "k=v l=v m=v ");
}

BOOST_AUTO_TEST_CASE(an_update_that_changes_nothing_is_not_reported) {
  add('a');
  auto a = value_on<lww_map>('a');
  auto changed = watch_changes(a);
  erase(a, "not there");
  BOOST_TEST(changed->told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_watcher_that_ended_is_dropped) {
  add('a');
  auto a = value_on<lww_map>('a');
  auto first = watch_changes(a), second = watch_changes(a);
  end(first);
  put(a, "k", "v");
  BOOST_TEST(first->told.size() == 1u);
  BOOST_TEST(second->told.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_busy_watcher_is_told_of_all_it_missed_at_once) {
  add('a');
  auto a = value_on<lww_map>('a');
  slow_watcher slow{*this, a};
  auto quick = watch_changes(a);
  for (auto key : {"k", "l", "m"})
    put(a, key, "v");
  BOOST_TEST(quick->told.size() == 4u);
  const auto& news = slow.told->news;
  BOOST_TEST_REQUIRE(news.size() == 1u);
  slow.finish();
  BOOST_TEST_REQUIRE(news.size() == 2u);
  BOOST_TEST(news[1]->size() == 3u);
  put(a, "n", "v");
  BOOST_TEST(news.size() == 2u);
  slow.finish();
  BOOST_TEST_REQUIRE(news.size() == 3u);
  BOOST_TEST(news[2]->size() == 1u);
}

// The map forgets each deletion after a second, even if the stuck watcher has
// not been told of it.
BOOST_AUTO_TEST_CASE(what_a_stuck_watcher_missed_takes_no_more_than_the_value) {
  add('a');
  auto a = value_on<lww_map>('a', lww_map{seconds{1}});
  slow_watcher slow{*this, a};
  const auto& news = slow.told->news;
  put(a, "kept", "v");
  const auto before = allocated();
  churn(a, 500, milliseconds{100});
  BOOST_TEST(map(a)->tombstones() < 20u);
  BOOST_TEST(allocated() < before + 400'000);
  slow.finish();
  BOOST_TEST_REQUIRE(news.size() == 2u);
  BOOST_TEST((news[1] == slow.told->value));
  BOOST_TEST(news[1]->find("kept"));
  put(a, "k", "v");
  slow.finish();
  BOOST_TEST_REQUIRE(news.size() == 3u);
  BOOST_TEST(news[2]->size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_busy_watcher_that_asks_again_is_told_the_whole_value) {
  add('a');
  auto a = value_on<lww_map>('a');
  put(a, "k", "v");
  slow_watcher slow{*this, a};
  slow.watch(a);
  put(a, "l", "v");
  slow.finish();
  BOOST_TEST_REQUIRE(slow.told->news.size() == 2u);
  BOOST_TEST((slow.told->news[1] == slow.told->value));
  BOOST_TEST(slow.told->value->size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_watcher_that_fails_is_told_of_later_changes) {
  add('a');
  auto a = value_on<lww_map>('a');
  slow_watcher slow{*this, a};
  slow.finish(false);
  put(a, "k", "v");
  BOOST_TEST(slow.told->news.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
