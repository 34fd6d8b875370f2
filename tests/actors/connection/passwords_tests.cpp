#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>

#include <cafmesh/status_json.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of nodes whose passwords change while they run.
namespace {

using passwords = std::vector<std::string>;

const std::string old_one = "correct horse battery staple";
const std::string new_one = "incorrect donkey charger nail";

struct rotating : mesh {
  node& add_with(char letter, const passwords& secrets) {
    auto setup = settings_for(letter);
    setup.passwords.assign(secrets.begin(), secrets.end());
    return add(letter, setup);
  }
  static set_passwords to(const passwords& secrets) {
    return {{secrets.begin(), secrets.end()}};
  }
  caf::error change(char letter, const passwords& secrets) {
    return ask<void>(at(letter).router(), to(secrets)).why;
  }
  void reconnect(char x, char y) {
    net().cut(at(x).host(), at(y).host());
    run_for(minutes{1});
  }
  bool connected() {
    BOOST_TEST(at('a').degree() == at('b').degree());
    return at('a').degree() == 1;
  }
  void dial() {
    at('a').connect_to(at('b'));
    run();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(passwords_tests, rotating)

BOOST_AUTO_TEST_CASE(a_connection_keeps_a_dropped_password_for_the_grace) {
  add_with('a', {old_one});
  add_with('b', {old_one});
  dial();
  BOOST_TEST(!change('a', {new_one}));
  run_for(seconds{59});
  BOOST_TEST(connected());
  run_for(seconds{1});
  BOOST_TEST(!connected());
  BOOST_TEST(at('a').log().count({"closed: password_dropped"}) == 1u);
  BOOST_TEST(!change('b', {new_one}));
  run_for(minutes{10});
  BOOST_TEST(connected());
}

BOOST_AUTO_TEST_CASE(a_remote_that_knows_only_a_dropped_password_is_closed) {
  add_with('a', {old_one});
  stranger::options opts;
  opts.passwords = {old_one};
  stranger s{*this, at('a'), opts};
  s.introduce();
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(!change('a', {new_one}));
  run_for(minutes{1});
  s.talk();
  BOOST_TEST(s.is_closed());
  BOOST_TEST(at('a').degree() == 0u);
}

BOOST_AUTO_TEST_CASE(the_side_that_dialled_dials_again_with_another_password) {
  add_with('a', {old_one});
  add_with('b', {old_one});
  dial();
  BOOST_TEST(!change('a', {new_one}));
  BOOST_TEST(!change('b', {new_one}));
  run_for(minutes{1});
  run_for(seconds{4});
  BOOST_TEST(connected());
  BOOST_TEST(net().dials_to(at('a').address()) == 0u);
  run_for(minutes{10});
  BOOST_TEST(net().dials_to(at('b').address()) == 2u);
}

BOOST_AUTO_TEST_CASE(
  a_password_that_comes_back_within_the_grace_changes_nothing) {
  add_with('a', {old_one});
  add_with('b', {old_one});
  dial();
  BOOST_TEST(!change('a', {new_one}));
  run_for(seconds{50});
  BOOST_TEST(!change('a', {new_one, old_one}));
  run_for(minutes{5});
  BOOST_TEST(connected());
  BOOST_TEST(!change('a', {new_one}));
  run_for(seconds{59});
  BOOST_TEST(connected());
  run_for(seconds{1});
  BOOST_TEST(!connected());
}

BOOST_AUTO_TEST_CASE(the_password_grace_is_a_setting) {
  auto setup = settings_for('a');
  setup.passwords = {old_one};
  setup.password_grace = seconds{0};
  add('a', setup);
  add_with('b', {old_one});
  dial();
  BOOST_TEST(!change('a', {new_one}));
  run_for(milliseconds{1});
  BOOST_TEST(!connected());
}

BOOST_AUTO_TEST_CASE(a_mesh_changes_its_password_node_by_node) {
  const std::vector<passwords> steps{
    {old_one}, {old_one, new_one}, {new_one, old_one}, {new_one}};
  for (char letter : {'a', 'b'})
    add_with(letter, steps.front());
  dial();
  for (std::size_t step = 1; step < steps.size(); ++step)
    for (char letter : {'a', 'b'}) {
      BOOST_TEST(!change(letter, steps[step]));
      reconnect('a', 'b');
      BOOST_TEST(connected(), step << letter);
    }
}

BOOST_AUTO_TEST_CASE(a_dialler_tries_its_other_passwords_at_once) {
  add_with('a', {new_one, "another that is not it", old_one});
  add_with('b', {old_one});
  dial();
  BOOST_TEST(connected());
  BOOST_TEST(net().dials_to(at('b').address()) == 3u);
}

BOOST_AUTO_TEST_CASE(a_dialler_tries_each_password_once_before_it_waits) {
  add_with('a', {new_one, "another that is not it"});
  add_with('b', {old_one});
  dial();
  BOOST_TEST(net().dials_to(at('b').address()) == 2u);
  run_for(milliseconds{999}); // the first retry follows after 1 s to 3 s
  BOOST_TEST(net().dials_to(at('b').address()) == 2u);
  run_for(seconds{2});
  BOOST_TEST(net().dials_to(at('b').address()) == 4u);
  BOOST_TEST(!connected());
}

BOOST_AUTO_TEST_CASE(other_failures_do_not_cause_another_dial_at_once) {
  auto setup = settings_for('b');
  setup.name = settings_for('a').name; // the same name: a collision
  setup.passwords = {old_one, new_one};
  add_with('a', {old_one, new_one});
  prepare('b', setup).start();
  dial();
  BOOST_TEST(net().dials_to(at('b').address()) == 1u);
}

BOOST_AUTO_TEST_CASE(a_connection_under_way_keeps_the_passwords_it_began_with) {
  add_with('a', {old_one});
  stranger::options opts;
  opts.passwords = {old_one};
  stranger s{*this, at('a'), opts};
  run();
  BOOST_TEST(!change('a', {new_one}));
  s.introduce();
  BOOST_TEST(at('a').degree() == 1u);
  run_for(minutes{1});
  BOOST_TEST(at('a').degree() == 0u);
}

BOOST_AUTO_TEST_CASE(encryption_neither_begins_nor_ends_while_a_node_runs) {
  add('a');
  add_with('b', {old_one});
  BOOST_TEST(is(change('a', {new_one}), errc::bad_setting));
  BOOST_TEST(!change('a', {}));
  BOOST_TEST(is(change('b', {}), errc::bad_setting));
  BOOST_TEST(
    is(ask<void>(at('b').router(), set_passwords{}).why, errc::bad_setting));
  dial();
  BOOST_TEST(!connected());
}

BOOST_AUTO_TEST_CASE(the_dialled_node_knows_whose_password_differs) {
  add_with('a', {old_one});
  add_with('b', {new_one});
  dial();
  auto status = ask<mesh_status>(at('b').router(), get_status{});
  BOOST_TEST_REQUIRE(status.value.has_value());
  const auto& inbound = status.value->inbound;
  BOOST_TEST(inbound.refused.at("cannot_open") == 1u);
  BOOST_TEST_REQUIRE(inbound.latest.size() == 1u);
  BOOST_TEST(inbound.latest[0].address.find(at('a').host()) == 0u);
  BOOST_TEST(inbound.latest[0].reason.find("cannot_open") == 0u);
}

BOOST_AUTO_TEST_CASE(a_short_password_is_warned_of) {
  add_with('a', {old_one});
  BOOST_TEST(!at('a').log().has("shorter than"));
  BOOST_TEST(!change('a', {old_one, "fifteen charact"}));
  BOOST_TEST(at('a').log().count({"password 2 of 2", "shorter than 16"}) == 1u);
  add_with('b', {""});
  BOOST_TEST(at('b').log().count({"password 1 of 1"}) == 1u);
}

BOOST_AUTO_TEST_CASE(no_password_is_ever_shown) {
  add_with('a', {old_one, "short"});
  add_with('b', {new_one});
  dial(); // each side refuses the other's password
  run_for(seconds{30});
  BOOST_TEST(!change('a', {new_one, old_one}));
  auto refused = change('a', {});
  run_for(minutes{10});
  BOOST_TEST_REQUIRE(connected());
  auto status = ask<mesh_status>(at('a').router(), get_status{});
  BOOST_TEST_REQUIRE(status.value.has_value());
  std::string all = at('a').log().all() + at('b').log().all()
                    + to_json(*status.value) + describe(refused)
                    + to_string(caf::make_message(to({old_one, new_one})))
                    + caf::deep_to_string(caf::make_message(*status.value));
  BOOST_TEST(all.size() > 1000u);
  BOOST_TEST(all.find("short\"") == std::string::npos);
  for (const auto& word : {old_one, new_one, old_one.substr(0, 7),
                           new_one.substr(0, 9), std::string{"'short'"}})
    BOOST_TEST(all.find(word) == std::string::npos, word);
}

// CAF may print any message. It must not print the session key that this
// message contains.
BOOST_AUTO_TEST_CASE(no_session_key_is_ever_shown) {
  const bytes raw{'s', 'e', 's', 's', 'i', 'o', 'n', ' ', 'k', 'e', 'y',
                  ' ', 'o', 'f', ' ', '3', '2', ' ', 'b', 'y', 't', 'e',
                  's', '.', '.', '.', '.', '.', '.', '.', '.', '.'};
  prepare_overlay_connection x;
  x.local_address = "127.0.0.1:6783";
  x.session_key = std::make_shared<const crypto::key>(raw);
  const auto message = caf::make_message(x);
  for (const auto& text : {to_string(message), caf::deep_to_string(message),
                           caf::deep_to_string(x)}) {
    BOOST_TEST(!text.empty());
    for (const auto* part :
         {"session key", "115, 101, 115", "73657373", "0x73", "73, 65"})
      BOOST_TEST(text.find(part) == std::string::npos, text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
