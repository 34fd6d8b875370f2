#include <caf/send.hpp>

#include "tests/actors/remote/named_machines.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of names and addresses that lead to actors of other machines.
namespace {

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

BOOST_AUTO_TEST_SUITE_END()
