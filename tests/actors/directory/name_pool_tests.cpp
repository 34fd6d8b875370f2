#include <cafmesh/name_pool.hpp>

#include <caf/response_promise.hpp>

#include "tests/actors/directory/directories.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of pools, which spread requests over all actors with one name.
namespace {

/// A worker that never answers, and the requests that it has received.
struct work {
  caf::actor worker;
  std::vector<int> received;
};

struct pools : directories {
  caf::actor pool_on(char where, pool_options options = {}) {
    auto result =
      spawn_name_pool(system(), all.at(where), "job", std::move(options));
    run();
    return keep(result);
  }
  std::shared_ptr<work> silent_worker_on(char where) {
    auto result = std::make_shared<work>();
    result->worker =
      keep(system().spawn([result](caf::event_based_actor* self) {
        return caf::behavior{[self, result](int x) {
          result->received.push_back(x);
          return self->make_response_promise();
        }};
      }));
    system().registry().put(
      result->worker.id(),
      caf::actor_cast<caf::strong_actor_ptr>(result->worker));
    publish(where, "job", result->worker);
    run_for(milliseconds{20});
    return result;
  }
  void worker_on(char where) {
    publish(where, "job", spawn_echo(std::string{"on "} + where));
    run_for(milliseconds{20});
  }
  std::string answer(const caf::actor& pool, int question = 1) {
    auto found = ask<std::string>(pool, question);
    return found.value ? *found.value : describe(found.why);
  }
  static bool is_even(const caf::message& x) {
    return x.match_elements<int>() && x.get_as<int>(0) % 2 == 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(name_pool_tests, pools)

BOOST_AUTO_TEST_CASE(requests_take_turns_over_all_actors_of_a_name) {
  build_with_directories("ab bc");
  auto pool = pool_on('a');
  worker_on('b');
  worker_on('c');
  std::multiset<std::string> answers;
  for (int i = 0; i < 6; ++i)
    answers.insert(answer(pool));
  BOOST_TEST(answers.count("on b") == 3u);
  BOOST_TEST(answers.count("on c") == 3u);
}

BOOST_AUTO_TEST_CASE(the_nearest_actor_gets_all_if_so_wanted) {
  build_with_directories("ab bc");
  worker_on('b');
  worker_on('c');
  run_for(seconds{2});
  pool_options options;
  options.policy = pool_policy::nearest;
  auto pool = pool_on('a', options);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(answer(pool) == "on b");
}

//   a --- b --- c, and later b --- c --- a
BOOST_AUTO_TEST_CASE(another_actor_is_the_nearest_when_routes_change) {
  build_with_directories("ab bc");
  worker_on('b');
  worker_on('c');
  run_for(seconds{2});
  pool_options options;
  options.policy = pool_policy::nearest;
  auto pool = pool_on('a', options);
  BOOST_TEST(answer(pool) == "on b");
  at('a').connect_to(at('c'));
  settle();
  at('a').forget({at('b').address()});
  net().cut(at('a').host(), at('b').host());
  settle();
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(answer(pool) == "on c");
}

BOOST_AUTO_TEST_CASE(a_pool_follows_the_actors_that_come_and_go) {
  build_with_directories("ab");
  auto pool = pool_on('a');
  BOOST_TEST(answer(pool).find("unknown_name") == 0u);
  worker_on('b');
  BOOST_TEST(answer(pool) == "on b");
  unpublish('b', "job");
  run_for(milliseconds{20});
  BOOST_TEST(answer(pool).find("unknown_name") == 0u);
}

BOOST_AUTO_TEST_CASE(the_actor_with_the_fewest_open_requests_gets_the_next) {
  build_with_directories("ab");
  auto busy = silent_worker_on('a');
  worker_on('b');
  pool_options options;
  options.policy = pool_policy::least_outstanding;
  auto pool = pool_on('a', options);
  std::vector<reply_ptr<std::string>> answers;
  for (int i = 0; i < 6; ++i) {
    answers.push_back(ask_later<std::string>(system(), pool, i));
    run();
  }
  BOOST_TEST(busy->received.size() == 1u);
  end(busy->worker);
}

BOOST_AUTO_TEST_CASE(only_idempotent_requests_are_sent_again_after_a_down) {
  build_with_directories("ab");
  auto silent = silent_worker_on('a');
  pool_options options;
  options.is_idempotent = is_even;
  auto pool = pool_on('a', options);
  auto odd = ask_later<std::string>(system(), pool, 1);
  auto even = ask_later<std::string>(system(), pool, 2);
  run();
  BOOST_TEST(silent->received.size() == 2u);
  worker_on('b');
  end(silent->worker);
  run_for(milliseconds{20});
  BOOST_TEST(!odd->is_open);
  BOOST_TEST((odd->why == caf::sec::request_receiver_down));
  BOOST_TEST_REQUIRE(even->value.has_value());
  BOOST_TEST(*even->value == "on b");
}

BOOST_AUTO_TEST_CASE(
  an_idempotent_request_to_a_departed_member_goes_elsewhere) {
  build_with_directories("ab");
  auto departed = keep(system().spawn([](caf::event_based_actor*) {
    return caf::behavior{[](int) -> caf::result<std::string> {
      return make_error(errc::left);
    }};
  }));
  system().registry().put(departed.id(),
                          caf::actor_cast<caf::strong_actor_ptr>(departed));
  publish('a', "job", departed);
  worker_on('b');
  pool_options options;
  options.is_idempotent = is_even;
  auto pool = pool_on('a', options);
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(answer(pool, 2) == "on b");
}

BOOST_AUTO_TEST_CASE(requests_beyond_the_limit_are_refused) {
  build_with_directories("ab");
  auto silent = silent_worker_on('a');
  pool_options options;
  options.max_outstanding = 3;
  auto pool = pool_on('a', options);
  std::vector<reply_ptr<std::string>> answers;
  for (int i = 0; i < 4; ++i) {
    answers.push_back(ask_later<std::string>(system(), pool, i));
    run();
  }
  BOOST_TEST(is(answers[3]->why, errc::congested));
  BOOST_TEST(silent->received.size() == 3u);
  end(silent->worker);
  BOOST_TEST((answers[0]->why == caf::sec::request_receiver_down));
}

BOOST_AUTO_TEST_CASE(requests_that_are_never_answered_do_not_fill_a_pool) {
  build_with_directories("ab");
  auto silent = silent_worker_on('a');
  pool_options options;
  options.max_outstanding = 3;
  options.answer_limit = seconds{60};
  auto pool = pool_on('a', options);
  std::vector<reply_ptr<std::string>> answers;
  auto ask_one = [&] {
    answers.push_back(ask_later<std::string>(system(), pool, 1));
    run();
  };
  for (int i = 0; i < 3; ++i)
    ask_one();
  run_for(seconds{59});
  ask_one();
  BOOST_TEST(is(answers[3]->why, errc::congested));
  run_for(seconds{1});
  ask_one();
  BOOST_TEST(is(answers[0]->why, errc::timed_out));
  BOOST_TEST(silent->received.size() == 4u);
  end(silent->worker);
  BOOST_TEST((answers[4]->why == caf::sec::request_receiver_down));
}

BOOST_AUTO_TEST_CASE(a_message_without_a_request_keeps_its_sender) {
  build_with_directories("ab");
  auto got = std::make_shared<caf::actor_addr>();
  auto receiver = keep(system().spawn([got](caf::event_based_actor* self) {
    return caf::behavior{[self, got](int) {
      *got = caf::actor_cast<caf::actor_addr>(self->current_sender());
    }};
  }));
  publish('a', "job", receiver);
  auto pool = pool_on('a');
  auto sender = keep(system().spawn([pool](caf::event_based_actor* self) {
    self->send(pool, 7);
    return caf::behavior{[](double) {
    }};
  }));
  run();
  BOOST_TEST((*got == sender));
}

BOOST_AUTO_TEST_CASE(a_member_that_passes_on_an_error_is_asked_again) {
  build_with_directories("ab");
  auto backend_left = std::make_shared<bool>(true);
  auto member = keep(system().spawn([=](caf::event_based_actor*) {
    return caf::behavior{[=](int) -> caf::result<std::string> {
      if (*backend_left)
        return make_error(errc::left);
      return std::string{"back"};
    }};
  }));
  system().registry().put(member.id(),
                          caf::actor_cast<caf::strong_actor_ptr>(member));
  publish('a', "job", member);
  auto pool = pool_on('a');
  for (int i = 0; i < 10; ++i) {
    *backend_left = true;
    auto first = answer(pool);
    BOOST_TEST(first.find("left") == 0u, first);
    *backend_left = false;
    run_for(milliseconds{1100});
    if (i == 0)
      BOOST_TEST(answer(pool) == "back");
    run_for(seconds{65});
    BOOST_TEST(answer(pool) == "back");
  }
}

BOOST_AUTO_TEST_CASE(a_message_to_a_pool_without_actors_counts_as_dropped) {
  build_with_directories("ab");
  auto pool = pool_on('a');
  caf::anon_send(pool, 7);
  run();
  const auto& dropped = carriers['a']->dropped;
  BOOST_TEST_REQUIRE(dropped.size() == 1u);
  BOOST_TEST(is(dropped[0].second, errc::no_route));
  BOOST_TEST(to_string(dropped[0].first) == "(7)");
}

BOOST_AUTO_TEST_CASE(a_pool_ends_with_its_directory) {
  build_with_directories("ab");
  auto pool = pool_on('a');
  at('a').stop();
  BOOST_TEST(!ask<std::string>(pool, 1).value.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
