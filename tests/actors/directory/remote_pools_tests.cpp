#include <cafmesh/name_pool.hpp>

#include <set>

#include <boost/test/unit_test.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include "tests/support/actor_machines.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of pools whose members are actors of other machines.
namespace {

/// Machines with directories, as `join_actors` starts them. All of them except
/// `a` have a worker.
struct remote_pools : actor_machines {
  ~remote_pools() {
    names.clear();
  }

  void add_named(char letter) {
    names[letter] = add(letter).spawn_names();
  }
  /// Spawns a worker that answers with the machine's letter, or never if
  /// `answers` is false.
  void spawn_worker(char letter, bool answers = true) {
    auto& x = at(letter);
    auto worker = x.spawn([=](caf::event_based_actor* self) -> caf::behavior {
      return {[=](int) -> caf::result<std::string> {
        if (!answers)
          return self->make_response_promise();
        return std::string(1, letter);
      }};
    });
    ask_later<void>(x.system(), names[letter],
                    publication(x.system(), "job", worker));
    run_for(milliseconds{100});
  }
  void build() {
    for (auto letter : {'a', 'b', 'c'})
      add_named(letter);
    connect('a', 'b');
    connect('a', 'c');
    run_for(seconds{3});
  }
  void start_pool() {
    pool_options options;
    options.is_idempotent = [](const caf::message& x) {
      return x.match_elements<int>() && x.get_as<int>(0) % 2 == 0;
    };
    pool = spawn_name_pool(at('a').system(), names['a'], "job", options);
    at('a').actors.push_back(pool);
    run_for(milliseconds{50});
  }
  std::vector<reply_ptr<std::string>> ask_four() {
    std::vector<reply_ptr<std::string>> result;
    for (int i = 0; i < 4; ++i)
      result.push_back(
        ask_later<std::string>(at('a').system(), pool, i < 2 ? 1 : 2));
    return result;
  }
  /// Checks the results of `ask_four`. One of the first two requests went to b.
  /// The pool must not repeat that request, so it must have failed with the
  /// error `why`. c must have answered the last two requests.
  void check_failover(const std::vector<reply_ptr<std::string>>& xs, errc why) {
    for (int i : {2, 3})
      BOOST_TEST(xs[i]->value.value_or("") == "c", describe(xs[i]->why));
    int failed = 0;
    for (int i : {0, 1}) {
      BOOST_TEST(!xs[i]->is_open);
      if (!xs[i]->why)
        continue;
      ++failed;
      BOOST_TEST(is(xs[i]->why, why), describe(xs[i]->why));
    }
    BOOST_TEST(failed == 1);
  }
  /// Asks a pool of two workers: b, which never answers, and c.
  auto ask_four_while_b_is_stuck() {
    build();
    spawn_worker('b', false);
    spawn_worker('c');
    start_pool();
    auto result = ask_four();
    run_for(milliseconds{100});
    return result;
  }
  std::set<std::string> answers() {
    std::set<std::string> result;
    for (const auto& x : ask_four()) {
      run_for(milliseconds{50});
      result.insert(x->value.value_or(describe(x->why)));
    }
    return result;
  }

  std::map<char, directory_actor> names;
  caf::actor pool;
};

const std::set<std::string> both{"b", "c"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_pools_tests, remote_pools)

BOOST_AUTO_TEST_CASE(a_member_that_was_unreachable_is_used_again) {
  build();
  spawn_worker('b');
  spawn_worker('c');
  start_pool();
  BOOST_TEST((answers() == both));
  net().unplug(host_of('a'), host_of('b'));
  auto asked = ask_four();
  run_for(seconds{13});
  check_failover(asked, errc::unreachable);
  net().plug(host_of('a'), host_of('b'));
  run_for(seconds{70});
  BOOST_TEST((answers() == both));
}

BOOST_AUTO_TEST_CASE(requests_to_a_peer_that_is_restarted_go_elsewhere) {
  auto asked = ask_four_while_b_is_stuck();
  net().unplug(host_of('a'), host_of('b'));
  names.erase('b');
  stop('b');
  net().cut(host_of('a'), host_of('b'));
  net().plug(host_of('a'), host_of('b'));
  add_named('b');
  connect('a', 'b');
  run_for(seconds{3});
  check_failover(asked, errc::restarted);
  spawn_worker('b');
  BOOST_TEST((answers() == both));
}

BOOST_AUTO_TEST_CASE(an_open_request_to_a_peer_that_leaves_says_so) {
  auto asked = ask_four_while_b_is_stuck();
  caf::anon_send_exit(at('b').remote.postman, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  check_failover(asked, errc::left);
}

BOOST_AUTO_TEST_SUITE_END()
