#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tests/actors/remote/named_machines.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of names and addresses that lead to actors of other machines.
namespace {

using typed_adder = caf::typed_actor<caf::replies_to<int, int>::with<int>>;
using typed_counter = caf::typed_actor<caf::replies_to<int, int>::with<int>,
                                       caf::reacts_to<std::string>>;

struct remote_names : named_machines {
  /// The text of an actor's address, as a machine's directory gives it, or why
  /// there is none.
  std::string address_of(char where, const caf::actor& x) {
    auto got = ask<actor_address>(
      where, get_address{caf::actor_cast<caf::strong_actor_ptr>(x)});
    return got->value ? to_string(*got->value) : describe(got->why);
  }
  caf::actor resolve(char where, const std::string& text) {
    auto address = parse_actor_address(text);
    BOOST_TEST_REQUIRE(bool{address}, text);
    auto got = ask<resolved_actor>(where, resolve_address{*address});
    BOOST_TEST_REQUIRE(got->value.has_value(), describe(got->why));
    return got->value->as<caf::actor>();
  }
  template <class Handle>
  reply_ptr<resolved_actors> resolve_as(char where, const std::string& name) {
    return ask<resolved_actors>(where,
                                resolution<Handle>(at(where).system(), name));
  }
  typed_counter spawn_counter(char where) {
    auto result =
      at(where).system().spawn([]() -> typed_counter::behavior_type {
        return {[](int x, int y) { return x + y; },
                [](const std::string&) {
                }};
      });
    at(where).actors.push_back(caf::actor_cast<caf::actor>(result));
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(remote_names_tests, remote_names)

//   a --- b --- c: b tells a the address of an actor of c
BOOST_AUTO_TEST_CASE(an_address_as_text_leads_to_the_actor_from_a_third_node) {
  build("abc");
  auto far = at('c').spawn(adder);
  publish('c', "sum", far);
  auto text = address_of('b', find('b', "sum"));
  BOOST_TEST(text == address_of('c', far));
  BOOST_TEST(sum('a', resolve('a', text)) == "42");
}

BOOST_AUTO_TEST_CASE(an_actor_has_an_address_once_peers_may_address_it) {
  build("ab");
  publish('b', "sum", at('b').spawn(adder));
  auto own = at('a').spawn(adder);
  auto refused = address_of('a', own);
  BOOST_TEST(refused.find("bad_setting") == 0u, refused);
  BOOST_TEST(refused.find("publish") != std::string::npos, refused);
  caf::anon_send(find('a', "sum"), own);
  run_for(milliseconds{50});
  BOOST_TEST(sum('b', resolve('b', address_of('a', own))) == "42");
}

BOOST_AUTO_TEST_CASE(typed_handles_are_checked_on_other_machines) {
  build("ab");
  publish('b', "sum", spawn_counter('b'));
  publish('b', "untyped", at('b').spawn(adder));
  auto found = resolve_as<typed_adder>('a', "sum");
  BOOST_TEST_REQUIRE(found->value.has_value(), describe(found->why));
  auto handle = found->value->all.at(0).as<typed_adder>();
  BOOST_TEST(sum('a', caf::actor_cast<caf::actor>(handle)) == "42");
  using other = caf::typed_actor<caf::replies_to<double>::with<double>>;
  for (const auto& x : {resolve_as<other>('a', "sum"),
                        resolve_as<typed_adder>('a', "untyped")}) {
    BOOST_TEST(is(x->why, errc::unknown_name), describe(x->why));
    BOOST_TEST(describe(x->why).find("another interface") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
