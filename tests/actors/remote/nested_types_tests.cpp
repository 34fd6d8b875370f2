#include <deque>
#include <list>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/message.hpp>
#include <caf/optional.hpp>

#include "actors/caf_version/message_codec.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>

using namespace cafmesh;

// Tests of types that one peer or both do not know, nested in messages, errors,
// containers and types of the application.

// CAF needs message types with external linkage, so these types are not in an
// unnamed namespace.
namespace nested_test {

struct known_to_sender {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, known_to_sender& a) {
  return f(a.x);
}

struct known_to_nobody {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, known_to_nobody& a) {
  return f(a.x);
}

struct envelope {
  std::string to;
  caf::message content;
  int copies = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, envelope& a) {
  return f(a.to, a.content, a.copies);
}

} // namespace nested_test

namespace {

using namespace nested_test;
using caf::make_message;

template <class T>
using by_text = std::map<std::string, T>;
template <class T>
using hashed_by_text = std::unordered_map<std::string, T>;

struct receiver_config : caf::actor_system_config {
  receiver_config() {
    add_options(*this);
    add_message_type<envelope>("envelope");
    add_message_type<std::vector<envelope>>("envelopes");
    add_containers_of<caf::message>("messages");
    add_containers_of<caf::error>("errors");
    set("scheduler.max-threads", 1);
  }
  template <class T>
  void add_containers_of(const std::string& what) {
    add_message_type<std::vector<T>>("vector of " + what);
    add_message_type<std::list<T>>("list of " + what);
    add_message_type<std::deque<T>>("deque of " + what);
    add_message_type<caf::optional<T>>("optional of " + what);
    add_message_type<by_text<T>>("map of " + what);
    add_message_type<hashed_by_text<T>>("hashed map of " + what);
  }
};

struct sender_config : receiver_config {
  sender_config() {
    add_message_type<known_to_sender>("known.to.sender");
  }
};

struct fixture {
  sender_config config_of_sender;
  receiver_config config_of_receiver;
  caf::actor_system sender{config_of_sender};
  caf::actor_system receiver{config_of_receiver};
  caf_version::handle_source handles{
    [](const caf::node_id&, caf::actor_id) { return nullptr; },
    [](caf::actor_id) {
      return false;
    }};

  /// Encodes a message at `sender` and decodes it at `receiver`.
  /// @returns why one of the two failed; no error on success
  caf::error send(const caf::message& x) {
    bytes encoded;
    std::vector<caf::actor_id> local;
    if (auto err =
          caf_version::encode_content(sender, x, 1'000'000, encoded, local))
      return err;
    caf::message out;
    if (auto err = caf_version::decode_content(receiver, encoded, handles, out))
      return err;
    BOOST_TEST(to_string(out) == to_string(x));
    return {};
  }

  static caf::error error_with(caf::message context) {
    return {1, caf::atom("test"), std::move(context)};
  }

  template <class T>
  static std::vector<caf::message> containers_of(const T& x) {
    return {make_message(std::vector<T>{x}),
            make_message(std::list<T>{x}),
            make_message(std::deque<T>{x}),
            make_message(caf::optional<T>{x}),
            make_message(by_text<T>{{"a", x}}),
            make_message(hashed_by_text<T>{{"a", x}})};
  }

  /// Messages that contain `x` in another message, in an error, or in
  /// containers of messages and errors.
  static std::vector<caf::message> nestings_of(const caf::message& x) {
    std::vector<caf::message> result{make_message(x),
                                     make_message(1, make_message("a", x)),
                                     make_message(error_with(x))};
    for (auto& each : containers_of(x))
      result.push_back(each);
    for (auto& each : containers_of(make_message(x)))
      result.push_back(each);
    for (auto& each : containers_of(error_with(x)))
      result.push_back(each);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(nested_types_tests, fixture)

BOOST_AUTO_TEST_CASE(a_type_that_both_know_arrives_however_it_is_nested) {
  for (const auto& x : nestings_of(make_message(42, "text")))
    BOOST_TEST(!send(x), to_string(x));
  BOOST_TEST(!send(make_message(envelope{"x", make_message(1), 2})));
}

BOOST_AUTO_TEST_CASE(a_type_that_the_receiver_lacks_is_named_however_nested) {
  const auto content = make_message(1, known_to_sender{2});
  auto all = nestings_of(content);
  all.push_back(make_message(envelope{"x", content, 2}));
  all.push_back(make_message(std::vector<envelope>{{"x", content, 2}}));
  all.push_back(make_message(envelope{"x", make_message(content), 2}));
  for (const auto& x : all)
    BOOST_TEST(describe(send(x)) == "unknown_type: known.to.sender",
               describe(send(x)) << " in " << to_string(x));
}

BOOST_AUTO_TEST_CASE(a_type_that_the_sender_has_not_registered_is_named) {
  for (const auto& x : nestings_of(make_message(1, known_to_nobody{2}))) {
    auto why = send(x);
    BOOST_TEST(is(why, errc::unknown_type), to_string(x));
    BOOST_TEST(describe(why).find("known_to_nobody") != std::string::npos,
               describe(why) << " in " << to_string(x));
  }
}

// CAF does not report that it failed to write a message inside a type of the
// application.
BOOST_AUTO_TEST_CASE(in_a_type_of_the_application_it_is_an_error_nevertheless) {
  auto why =
    send(make_message(envelope{"x", make_message(known_to_nobody{}), 2}));
  BOOST_TEST((is(why, errc::malformed) || is(why, errc::unknown_type)));
  BOOST_TEST(describe(why).find("not registered") != std::string::npos,
             describe(why));
}

BOOST_AUTO_TEST_CASE(empty_containers_arrive) {
  BOOST_TEST(!send(make_message(std::vector<caf::message>{})));
  BOOST_TEST(!send(make_message(caf::optional<caf::message>{})));
  BOOST_TEST(!send(make_message(std::vector<caf::error>{caf::error{}})));
  BOOST_TEST(!send(make_message(std::vector<caf::message>{caf::message{}})));
}

BOOST_AUTO_TEST_SUITE_END()
