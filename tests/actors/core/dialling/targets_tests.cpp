#include "actors/core/dialling/targets.hpp"

#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests of the rules by which the connection maker dials: which targets are
// due, when they are tried again, and limits.
namespace {

using texts = std::vector<std::string>;

constexpr std::size_t unlimited = SIZE_MAX;

/// Stands for the connection maker. `go` asks which attempts are due.
struct fixture {
  instant now{12h};
  targets xs{targets::options{}};
  texts discovered;
  std::size_t room = unlimited;
  std::uint64_t next_id = 1;

  void want(texts addresses, bool replace = false) {
    BOOST_TEST(!xs.want(addresses, replace, now));
  }

  // Returns the addresses to dial. An address that must not lead to a new peer
  // gets a `?`.
  texts go() {
    texts result;
    xs.set_discovered(discovered);
    for (const auto& x : xs.due(room, now))
      result.push_back(x.may_be_new ? x.address : x.address + "?");
    return result;
  }

  // Resolves the name to `hosts`, and returns the addresses that are
  // immediately dialled.
  texts resolve(const std::string& target, texts hosts) {
    xs.attempt_resolved(target, std::move(hosts), now);
    return dial();
  }

  texts dial() {
    texts result;
    for (const auto& x : xs.take_dials(now))
      result.push_back(x.password == 0
                         ? x.address
                         : x.address + "#" + std::to_string(x.password));
    return result;
  }

  targets::outcome fail_at(const std::string& target,
                           const std::string& address,
                           errc why = errc::socket_failed) {
    return xs.dial_failed({target, address, 0, true}, make_error(why, "x"),
                          now);
  }

  targets::outcome refuse_at(const std::string& target,
                             const std::string& address, errc why,
                             std::size_t password = 0,
                             std::size_t passwords = 1) {
    return xs.introduction_failed({target, address, password, true},
                                  make_error(why, "x"), passwords, now);
  }

  void fail(const std::string& address) {
    xs.attempt_failed(address, make_error(errc::socket_failed, "x"), now);
  }

  connection_id connect(const std::string& target, const std::string& remote) {
    auto id = connection_id{next_id++};
    xs.connection_added(id, target, remote);
    return id;
  }

  void end(connection_id id, const std::string& target,
           errc why = errc::connection_closed) {
    xs.connection_ended(id, target, make_error(why, "x"), now);
  }

  // Dials the target, connects, and ends the connection after `age`.
  void lose(const std::string& target, duration age, errc why) {
    BOOST_TEST(go() == texts{target}, boost::test_tools::per_element());
    auto id = connect(target, "10.9.9.9:1");
    now += age;
    end(id, target, why);
  }

  targets::view view_of(const std::string& address) {
    for (const auto& x : xs.status())
      if (x.address == address)
        return x;
    BOOST_FAIL("no target " << address);
    return {};
  }

  bool knows(const std::string& address) {
    auto all = xs.status();
    return std::any_of(all.begin(), all.end(),
                       [&](auto& x) { return x.address == address; });
  }

  duration delay_of(const std::string& address) {
    auto next = view_of(address).next_try;
    BOOST_TEST_REQUIRE(!!next);
    return *next - now;
  }
};

#define CHECK_DIALS(expected)                                                  \
  BOOST_TEST(go() == (expected), boost::test_tools::per_element())

const texts nothing;

} // namespace

BOOST_FIXTURE_TEST_SUITE(targets_tests, fixture)

// -- the user's wishes

BOOST_AUTO_TEST_CASE(a_wanted_address_is_dialled_at_once_and_once) {
  want({"a:1"});
  CHECK_DIALS(texts{"a:1"});
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("a:1").state == target_state::attempting));
}

BOOST_AUTO_TEST_CASE(the_default_port_is_added_where_there_is_none) {
  want({"a", "fe80::1"});
  CHECK_DIALS((texts{"[fe80::1]:6783", "a:6783"}));
}

BOOST_AUTO_TEST_CASE(one_bad_address_among_several_changes_nothing) {
  want({"a:1"});
  auto why = xs.want({"b:1", "b:x"}, true, now);
  BOOST_TEST(is(why, errc::bad_address));
  BOOST_TEST(xs.wanted() == texts{"a:1"}, boost::test_tools::per_element());
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(wanted_addresses_are_listed_as_written_and_sorted) {
  want({"b", "[a]:1"});
  want({"a"});
  BOOST_TEST(xs.wanted() == (texts{"[a]:1", "a", "b"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_spellings_of_an_address_are_one_target) {
  want({"a", "a:6783"});
  CHECK_DIALS(texts{"a:6783"});
}

BOOST_AUTO_TEST_CASE(replacing_forgets_the_others) {
  want({"a:1", "b:1"});
  want({"b:1", "c:1"}, true);
  CHECK_DIALS((texts{"b:1", "c:1"}));
  BOOST_TEST(!knows("a:1"));
}

BOOST_AUTO_TEST_CASE(a_forgotten_address_is_not_dialled) {
  want({"a:1", "b:1"});
  xs.forget({"a:1", "never:1"});
  CHECK_DIALS(texts{"b:1"});
  BOOST_TEST(!knows("a:1"));
}

BOOST_AUTO_TEST_CASE(an_address_to_forget_that_does_not_parse_changes_nothing) {
  want({"a:1"});
  BOOST_TEST(is(xs.forget({"a:1", "a:b:c"}), errc::bad_address));
  BOOST_TEST(xs.wanted().size() == 1u);
}

BOOST_AUTO_TEST_CASE(forgetting_lets_a_running_attempt_finish) {
  want({"a:1"});
  go();
  xs.forget({"a:1"});
  go();
  BOOST_TEST(knows("a:1"));
  fail("a:1");
  go();
  BOOST_TEST(!knows("a:1"));
}

BOOST_AUTO_TEST_CASE(naming_an_address_again_dials_it_at_once) {
  want({"a:1"});
  go();
  fail("a:1");
  CHECK_DIALS(nothing);
  want({"a:1"});
  CHECK_DIALS(texts{"a:1"});
  fail("a:1");
  BOOST_TEST((view_of("a:1").interval == 3s));
}

BOOST_AUTO_TEST_CASE(naming_a_connected_address_again_does_not_dial_it) {
  want({"a:1"});
  go();
  connect("a:1", "10.0.0.1:1");
  want({"a:1"});
  CHECK_DIALS(nothing);
}

// -- discovery

BOOST_AUTO_TEST_CASE(a_discovered_address_may_not_lead_to_a_new_peer) {
  discovered = {"10.0.0.1:1"};
  CHECK_DIALS(texts{"10.0.0.1:1?"});
}

BOOST_AUTO_TEST_CASE(a_wanted_and_discovered_address_may_lead_to_a_new_peer) {
  want({"10.0.0.1:1"});
  discovered = {"10.0.0.1:1"};
  CHECK_DIALS(texts{"10.0.0.1:1"});
}

BOOST_AUTO_TEST_CASE(discovered_strings_that_are_not_addresses_are_ignored) {
  discovered = {"", "x:y", "10.0.0.1:1\n", "10.0.0.2:2"};
  CHECK_DIALS(texts{"10.0.0.2:2?"});
}

BOOST_AUTO_TEST_CASE(a_target_that_is_not_discovered_any_more_is_erased) {
  discovered = {"10.0.0.1:1"};
  go();
  fail("10.0.0.1:1");
  discovered.clear();
  go();
  BOOST_TEST(xs.status().empty());
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_CASE(a_discovered_target_is_erased_once_its_connection_ends) {
  discovered = {"10.0.0.1:1"};
  go();
  auto id = connect("10.0.0.1:1", "10.0.0.1:1");
  discovered.clear();
  go();
  BOOST_TEST((view_of("10.0.0.1:1").state == target_state::connected));
  end(id, "10.0.0.1:1");
  go();
  BOOST_TEST(xs.status().empty());
}

BOOST_AUTO_TEST_CASE(discovered_targets_do_not_accumulate) {
  for (int i = 1; i < 1000; ++i) {
    auto address = "10.0.0.1:" + std::to_string(i);
    discovered = {address};
    CHECK_DIALS(texts{address + "?"});
    fail(address);
    now += 50ms;
  }
  BOOST_TEST(xs.status().size() == 1u);
}

// -- connections

BOOST_AUTO_TEST_CASE(a_connected_target_is_not_dialled) {
  want({"a:1"});
  go();
  connect("a:1", "10.0.0.1:1");
  now += 1h;
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("a:1").state == target_state::connected));
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_CASE(the_remote_address_of_a_connection_is_not_dialled) {
  want({"a:1"});
  go();
  connect("a:1", "10.0.0.1:1");
  discovered = {"10.0.0.1:1"};
  CHECK_DIALS(nothing);
}

BOOST_AUTO_TEST_CASE(without_a_port_an_inbound_connection_suffices) {
  want({"10.0.0.1", "10.0.0.2:6783"});
  connect("", "10.0.0.1:40000");
  connect("", "10.0.0.2:40000");
  CHECK_DIALS(texts{"10.0.0.2:6783"});
  BOOST_TEST((view_of("10.0.0.1:6783").state == target_state::suspended));
}

BOOST_AUTO_TEST_CASE(an_outbound_connection_does_not_count_as_inbound) {
  want({"10.0.0.1:1"});
  go();
  connect("10.0.0.1:1", "10.0.0.1:1");
  want({"10.0.0.1"});
  CHECK_DIALS(texts{"10.0.0.1:6783"});
}

BOOST_AUTO_TEST_CASE(a_suspended_target_is_dialled_when_the_inbound_ends) {
  want({"10.0.0.1"});
  auto id = connect("", "10.0.0.1:40000");
  CHECK_DIALS(nothing);
  BOOST_TEST(!xs.next_due());
  end(id, "");
  CHECK_DIALS(texts{"10.0.0.1:6783"});
}

BOOST_AUTO_TEST_CASE(an_inbound_connection_from_a_resolved_host_suffices) {
  want({"a"});
  go();
  xs.attempt_resolved("a:6783", {"10.0.0.1", "fe80::1"}, now);
  fail("a:6783");
  connect("", "[fe80::1]:40000");
  now += 1h;
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("a:6783").state == target_state::suspended));
}

BOOST_AUTO_TEST_CASE(a_connection_shows_to_which_host_a_name_resolves) {
  want({"a"});
  go();
  end(connect("a:6783", "10.0.0.1:6783"), "a:6783");
  connect("", "10.0.0.1:40000");
  now += 1h;
  CHECK_DIALS(nothing);
}

BOOST_AUTO_TEST_CASE(ended_connections_are_counted_except_those_to_ourselves) {
  want({"a:1"});
  go();
  end(connection_id{1}, "a:1", errc::connected_to_self);
  BOOST_TEST(xs.ended() == 0u);
  end(connection_id{2}, "", errc::malformed);
  end(connection_id{3}, "a:1", errc::name_collision);
  BOOST_TEST(xs.ended() == 2u);
}

// -- retries

BOOST_AUTO_TEST_CASE(a_failed_attempt_is_repeated_at_its_retry_time) {
  want({"a:1"});
  go();
  fail("a:1");
  auto next = xs.next_due();
  BOOST_TEST_REQUIRE(!!next);
  now = *next - 1ns;
  CHECK_DIALS(nothing);
  now = *next;
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(the_interval_grows_by_half_up_to_its_limit) {
  want({"a:1"});
  for (duration interval = 2s; interval < 6min;
       interval = std::min<duration>(interval * 3 / 2, 6min)) {
    CHECK_DIALS(texts{"a:1"});
    fail("a:1");
    auto delay = delay_of("a:1");
    BOOST_TEST((delay >= interval / 2 && delay < interval * 3 / 2));
    now += delay;
  }
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST((view_of("a:1").interval == 6min));
    go();
    fail("a:1");
    now += delay_of("a:1");
  }
}

BOOST_AUTO_TEST_CASE(delays_are_spread_evenly_around_the_interval) {
  std::vector<int> tenths(10);
  constexpr int n = 10000;
  for (int i = 0; i < n; ++i) {
    want({"a:1"});
    go();
    fail("a:1");
    auto index = (delay_of("a:1") - duration{1s}) / duration{200ms};
    ++tenths.at(static_cast<std::size_t>(index)); // throws outside [1 s, 3 s)
  }
  for (int count : tenths)
    BOOST_TEST(std::abs(count - n / 10) < 150); // five standard deviations
}

BOOST_AUTO_TEST_CASE(the_shortest_delay_is_half_the_interval) {
  targets::options opts;
  opts.initial_interval = 2ns;
  xs = targets{opts};
  std::set<duration> delays;
  for (int i = 0; i < 100; ++i) {
    want({"a:1"});
    go();
    fail("a:1");
    delays.insert(delay_of("a:1"));
  }
  BOOST_TEST((delays == std::set<duration>{1ns, 2ns}));
}

BOOST_AUTO_TEST_CASE(seeds_decide_the_delays) {
  auto delay_with = [this](std::uint64_t seed) {
    targets::options opts;
    opts.seed = seed;
    xs = targets{opts};
    want({"a:1"});
    go();
    fail("a:1");
    return delay_of("a:1");
  };
  BOOST_TEST((delay_with(1) == delay_with(1)));
  BOOST_TEST((delay_with(1) != delay_with(2)));
}

BOOST_AUTO_TEST_CASE(after_a_short_connection_the_retry_is_later) {
  want({"a:1"});
  lose("a:1", 1min, errc::connection_closed);
  BOOST_TEST((delay_of("a:1") >= 1s));
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("a:1").interval == 3s));
}

BOOST_AUTO_TEST_CASE(
  after_a_long_connection_the_retry_is_at_once_and_the_interval_is_reset) {
  want({"a:1"});
  for (int i = 0; i < 5; ++i) {
    go();
    fail("a:1");
    now += delay_of("a:1");
  }
  lose("a:1", 1min + 1ns, errc::connection_closed);
  BOOST_TEST((view_of("a:1").interval == 2s));
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(naming_a_connected_address_does_not_restart_its_time) {
  want({"a:1"});
  go();
  auto id = connect("a:1", "10.0.0.1:1");
  now += 1h;
  want({"a:1"});
  end(id, "a:1");
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(after_a_name_collision_there_is_no_retry) {
  want({"10.0.0.1:1"});
  lose("10.0.0.1:1", 1h, errc::name_collision);
  now += 24h;
  CHECK_DIALS(nothing);
  BOOST_TEST((view_of("10.0.0.1:1").state == target_state::given_up));
  BOOST_TEST(!view_of("10.0.0.1:1").next_try);
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_CASE(after_a_connection_to_ourselves_there_is_no_retry) {
  want({"10.0.0.1:1"});
  lose("10.0.0.1:1", 0s, errc::connected_to_self);
  now += 24h;
  CHECK_DIALS(nothing);
}

BOOST_AUTO_TEST_CASE(naming_an_address_that_was_given_up_dials_it_again) {
  want({"10.0.0.1:1"});
  lose("10.0.0.1:1", 0s, errc::connected_to_self);
  want({"10.0.0.1:1"});
  CHECK_DIALS(texts{"10.0.0.1:1"});
}

BOOST_AUTO_TEST_CASE(giving_up_a_wanted_address_is_reported_once) {
  want({"10.0.0.1:1"});
  go();
  resolve("10.0.0.1:1", {"10.0.0.1"});
  BOOST_TEST((refuse_at("10.0.0.1:1", "10.0.0.1:1", errc::connected_to_self)
              == targets::outcome::given_up));
  BOOST_TEST((refuse_at("10.0.0.1:1", "10.0.0.1:1", errc::connected_to_self)
              == targets::outcome::goes_on));
}

BOOST_AUTO_TEST_CASE(a_name_is_never_given_up) {
  want({"a:1"});
  lose("a:1", 0s, errc::connected_to_self);
  BOOST_TEST((view_of("a:1").state == target_state::waiting));
  now += delay_of("a:1");
  CHECK_DIALS(texts{"a:1"});
}

// -- the addresses of a name

#define CHECK_TEXTS(got, expected)                                             \
  BOOST_TEST((got) == (expected), boost::test_tools::per_element())

BOOST_AUTO_TEST_CASE(an_address_that_fails_is_followed_by_the_next_at_once) {
  want({"a:1"});
  go();
  CHECK_TEXTS(resolve("a:1", {"10.0.0.1", "10.0.0.2"}), texts{"10.0.0.1:1"});
  CHECK_TEXTS(dial(), nothing);
  fail_at("a:1", "10.0.0.1:1");
  CHECK_TEXTS(dial(), texts{"10.0.0.2:1"});
  BOOST_TEST((view_of("a:1").state == target_state::attempting));
  BOOST_TEST(is(view_of("a:1").last_error, errc::socket_failed));
  fail_at("a:1", "10.0.0.2:1");
  BOOST_TEST((view_of("a:1").state == target_state::waiting));
}

BOOST_AUTO_TEST_CASE(
  an_address_that_does_not_answer_delays_the_next_by_250_ms) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  BOOST_TEST_REQUIRE(!!xs.next_due());
  BOOST_TEST((*xs.next_due() == now + 250ms));
  now += 249ms;
  CHECK_TEXTS(dial(), nothing);
  now += 1ms;
  CHECK_TEXTS(dial(), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(a_connection_ends_the_attempt) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  connect("a:1", "10.0.0.1:1");
  now += 1h;
  CHECK_TEXTS(dial(), nothing);
  fail_at("a:1", "10.0.0.2:1"); // a dial that came too late
  BOOST_TEST((view_of("a:1").state == target_state::connected));
}

BOOST_AUTO_TEST_CASE(
  after_a_remote_that_is_not_a_peer_the_next_address_is_dialled) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  refuse_at("a:1", "10.0.0.1:1", errc::bad_header);
  CHECK_TEXTS(dial(), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(each_password_is_tried_before_the_next_address) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  refuse_at("a:1", "10.0.0.1:1", errc::cannot_open, 0, 2);
  CHECK_TEXTS(dial(), texts{"10.0.0.1:1#1"});
  refuse_at("a:1", "10.0.0.1:1", errc::cannot_open, 1, 2);
  CHECK_TEXTS(dial(), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(addresses_that_failed_come_last_in_the_next_attempt) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  refuse_at("a:1", "10.0.0.1:1", errc::bad_header);
  auto id = connect("a:1", "10.0.0.2:1");
  end(id, "a:1");
  now += delay_of("a:1");
  go();
  CHECK_TEXTS(resolve("a:1", {"10.0.0.1", "10.0.0.2"}), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(our_own_address_is_not_dialled_again_and_the_others_are) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1"});
  refuse_at("a:1", "10.0.0.1:1", errc::connected_to_self);
  now += delay_of("a:1");
  CHECK_DIALS(texts{"a:1"});
  CHECK_TEXTS(resolve("a:1", {"10.0.0.1"}), nothing);
  BOOST_TEST(is(view_of("a:1").last_error, errc::connected_to_self));
  now += delay_of("a:1");
  CHECK_DIALS(texts{"a:1"});
  CHECK_TEXTS(resolve("a:1", {"10.0.0.1", "10.0.0.2"}), texts{"10.0.0.2:1"});
}

BOOST_AUTO_TEST_CASE(a_target_stays_connected_until_its_last_connection_ends) {
  want({"a:1"});
  go();
  resolve("a:1", {"10.0.0.1", "10.0.0.2"});
  auto first = connect("a:1", "10.0.0.1:1");
  connect("a:1", "10.0.0.2:1");
  end(first, "a:1");
  BOOST_TEST((view_of("a:1").state == target_state::connected));
}

// -- the addresses that remotes choose

BOOST_AUTO_TEST_CASE(discovered_targets_are_dialled_at_a_limited_rate) {
  for (int i = 1; i <= 1000; ++i)
    discovered.push_back("10.0.0.1:" + std::to_string(i));
  std::size_t dials = 0;
  for (auto end = now + 10s; now < end; now += 10ms)
    for (const auto& address : go()) {
      ++dials;
      fail(address.substr(0, address.size() - 1));
    }
  BOOST_TEST(dials >= 150u);
  BOOST_TEST(dials <= 64u + 10u * 20u);
}

BOOST_AUTO_TEST_CASE(discovered_targets_without_a_token_wait_for_a_moment) {
  for (int i = 1; i <= 100; ++i)
    discovered.push_back("10.0.0.1:" + std::to_string(i));
  for (int i = 0; i < 2; ++i)
    for (const auto& address : go())
      fail(address.substr(0, address.size() - 1));
  CHECK_DIALS(nothing);
  BOOST_TEST_REQUIRE(!!xs.next_due());
  BOOST_TEST((*xs.next_due() == now + 250ms));
}

BOOST_AUTO_TEST_CASE(discovered_targets_leave_room_for_the_users) {
  for (int i = 1; i <= 100; ++i)
    discovered.push_back("10.0.0.1:" + std::to_string(i));
  room = 64;
  BOOST_TEST(go().size() == 32u); // none of them answers
  want({"a:1"});
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_never_added_counts_for_its_target) {
  want({"a:1"});
  go();
  end(connection_id{1}, "a:1", errc::multiple_connections);
  BOOST_TEST((view_of("a:1").state == target_state::waiting));
  BOOST_TEST(is(view_of("a:1").last_error, errc::multiple_connections));
  BOOST_TEST((delay_of("a:1") >= 1s));
}

BOOST_AUTO_TEST_CASE(events_of_unknown_targets_are_ignored) {
  fail("a:1");
  connect("a:1", "10.0.0.1:1");
  end(connection_id{1}, "a:1");
  xs.attempt_resolved("a:1", {"10.0.0.1"}, now);
  BOOST_TEST(xs.status().empty());
}

BOOST_AUTO_TEST_CASE(a_failure_without_an_attempt_is_ignored) {
  want({"a:1"});
  go();
  connect("a:1", "10.0.0.1:1");
  fail("a:1");
  BOOST_TEST((view_of("a:1").state == target_state::connected));
}

// -- the connection limit

BOOST_AUTO_TEST_CASE(without_room_nothing_is_dialled) {
  want({"a:1"});
  room = 0;
  CHECK_DIALS(nothing);
  BOOST_TEST(!xs.next_due());
  room = 1;
  CHECK_DIALS(texts{"a:1"});
}

BOOST_AUTO_TEST_CASE(running_attempts_take_up_room) {
  want({"a:1", "b:1", "c:1"});
  room = 2;
  CHECK_DIALS((texts{"a:1", "b:1"}));
  CHECK_DIALS(nothing);
  fail("a:1");
  CHECK_DIALS(texts{"c:1"});
}

BOOST_AUTO_TEST_CASE(little_room_goes_to_the_users_addresses_first) {
  discovered = {"10.0.0.1:1"};
  want({"z:1"});
  room = 1;
  CHECK_DIALS(texts{"z:1"});
}

BOOST_AUTO_TEST_CASE(little_room_goes_to_each_target_in_turn) {
  discovered = {"10.0.0.1:1", "10.0.0.2:1"};
  room = 1;
  CHECK_DIALS(texts{"10.0.0.1:1?"});
  now += 1s;
  fail("10.0.0.1:1");
  now += 1h;
  CHECK_DIALS(texts{"10.0.0.2:1?"});
}

// -- views

BOOST_AUTO_TEST_CASE(the_next_due_time_is_the_earliest_retry) {
  want({"a:1", "b:1"});
  go();
  fail("a:1");
  fail("b:1");
  auto earliest = std::min(delay_of("a:1"), delay_of("b:1"));
  BOOST_TEST_REQUIRE(!!xs.next_due());
  BOOST_TEST((*xs.next_due() == now + earliest));
}

BOOST_AUTO_TEST_CASE(the_status_shows_errors_and_origin_sorted) {
  want({"b:1"});
  discovered = {"10.0.0.1:1"};
  go();
  fail("b:1");
  auto all = xs.status();
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0].address == "10.0.0.1:1");
  BOOST_TEST(!all[0].direct);
  BOOST_TEST(!all[0].next_try);
  BOOST_TEST(all[1].direct);
  BOOST_TEST(is(all[1].last_error, errc::socket_failed));
}

BOOST_AUTO_TEST_CASE(states_have_names) {
  BOOST_TEST(to_string(target_state::waiting) == std::string{"waiting"});
  BOOST_TEST(to_string(target_state::suspended) == std::string{"suspended"});
}

BOOST_AUTO_TEST_CASE(once_all_are_dialled_nothing_is_due) {
  targets::options opts;
  opts.discovered_burst = 1;
  opts.discovered_interval = 100ms;
  xs = targets{opts};
  discovered = {"10.0.0.1:1", "10.0.0.2:1"};
  CHECK_DIALS(texts{"10.0.0.1:1?"});
  BOOST_TEST_REQUIRE(!!xs.next_due());
  now = *xs.next_due();
  CHECK_DIALS(texts{"10.0.0.2:1?"});
  BOOST_TEST(!xs.next_due());
}

BOOST_AUTO_TEST_SUITE_END()
