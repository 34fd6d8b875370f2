#include <cstdint>
#include <string>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/message.hpp>

#include "actors/caf_version/message_codec.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>

using namespace cafmesh;

// Tests of types that have the same name on two peers, but different members.

// CAF needs message types with external linkage, so these types are not in an
// unnamed namespace.
namespace layouts_test {

struct one_number {
  std::int32_t x = 1;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, one_number& a) {
  return f(a.x);
}

struct two_numbers {
  std::int32_t x = 1;
  std::int32_t y = 2;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, two_numbers& a) {
  return f(a.x, a.y);
}

/// Encoded like a nested message, but with an ordinary text in place of the
/// list of types.
struct number_and_text {
  std::uint16_t x = 0;
  std::string text = "a text";
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, number_and_text& a) {
  return f(a.x, a.text);
}

struct with_message {
  caf::message content;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, with_message& a) {
  return f(a.content);
}

} // namespace layouts_test

namespace {

using namespace layouts_test;

template <class T>
struct peer_config : caf::actor_system_config {
  peer_config() {
    add_options(*this);
    add_message_type<T>("order");
    set("scheduler.max-threads", 1);
  }
};

/// Sends a `Sent` from one peer to another, where a different type, `Expected`,
/// has the same name.
/// @returns why the receiver cannot read the message, as text
template <class Sent, class Expected>
std::string refusal() {
  peer_config<Sent> config_of_sender;
  caf::actor_system sender{config_of_sender};
  peer_config<Expected> config_of_receiver;
  caf::actor_system receiver{config_of_receiver};
  const caf_version::handle_source no_handles{
    [](const caf::node_id&, caf::actor_id) { return nullptr; },
    [](caf::actor_id) {
      return false;
    }};
  bytes encoded;
  std::vector<caf::actor_id> local;
  auto err = caf_version::encode_content(sender, caf::make_message(Sent{}),
                                         1'000'000, encoded, local);
  BOOST_TEST_REQUIRE(!err, describe(err));
  caf::message out;
  return describe(
    caf_version::decode_content(receiver, encoded, no_handles, out));
}

const std::string same_name = ": a type has the same name but another layout";

} // namespace

BOOST_AUTO_TEST_SUITE(other_layouts_tests)

BOOST_AUTO_TEST_CASE(a_type_with_more_members_here_ends_too_early) {
  auto why = refusal<one_number, two_numbers>();
  BOOST_TEST(
    why.find("malformed: the message ends too early" + same_name) == 0u, why);
}

BOOST_AUTO_TEST_CASE(a_type_with_fewer_members_here_leaves_bytes_over) {
  auto why = refusal<two_numbers, one_number>();
  BOOST_TEST(why.find("malformed: 4 bytes are left over" + same_name) == 0u,
             why);
}

BOOST_AUTO_TEST_CASE(a_text_where_a_message_is_expected_is_quoted) {
  auto why = refusal<number_and_text, with_message>();
  BOOST_TEST(
    why.find("unknown_type: 'a text' instead of a list of types" + same_name)
      == 0u,
    why);
}

BOOST_AUTO_TEST_SUITE_END()
