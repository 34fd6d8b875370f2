#include "actors/caf_version/message_codec.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/config_value.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/make_message.hpp>
#include <caf/message_builder.hpp>

#include "messages/wire/byte_stream.hpp"
#include "tests/caf_version/silent_proxy.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>

using namespace cafmesh;

// Tests of encoding messages between actors of different peers: types, handles,
// limits and malformed bytes.

// CAF needs message types with external linkage, so these types are not in an
// unnamed namespace.
namespace codec_test {

struct point {
  int x = 0;
  double y = 0;
};
bool operator==(const point& a, const point& b) {
  return a.x == b.x && a.y == b.y;
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, point& a) {
  return f(a.x, a.y);
}

struct unregistered {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, unregistered& a) {
  return f(a.x);
}

struct nothing {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, nothing&) {
  return f();
}

// A type that contains itself, but not through a container.
struct chain {
  std::shared_ptr<chain> next;
};
caf::error inspect(caf::serializer&, chain&) {
  return caf::none;
}
caf::error inspect(caf::deserializer& f, chain& a) {
  std::uint8_t more = 0;
  if (auto err = f(more))
    return err;
  if (more == 0)
    return caf::none;
  a.next = std::make_shared<chain>();
  return inspect(f, *a.next);
}

struct throwing {
  int x = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, throwing& a) {
  if (Inspector::writes_state)
    throw std::runtime_error("a bad day");
  return f(a.x);
}

} // namespace codec_test

namespace {

using namespace codec_test;

struct codec_config : caf::actor_system_config {
  codec_config() {
    add_options(*this);
    add_message_type<point>("point");
    add_message_type<std::vector<bool>>("bools");
    add_message_type<std::vector<nothing>>("nothings");
    add_message_type<std::vector<std::vector<nothing>>>("nothings of nothings");
    add_message_type<std::map<std::string, std::vector<point>>>("map");
    add_message_type<std::vector<std::string>>("texts");
    add_message_type<throwing>("throwing");
    add_message_type<chain>("chain");
    set("scheduler.max-threads", 1);
  }
};

struct one_system {
  codec_config config;
  caf::actor_system system{config};
  std::set<caf::actor_id> open;       // local actors that may be addressed
  std::vector<caf::actor_id> written; // actors whose handles were encoded
  std::map<caf::actor_id, caf::strong_actor_ptr> proxies;
  std::vector<caf::actor> idle;
  caf_version::handle_source handles{
    [this](const caf::node_id&, caf::actor_id id) { return proxies[id]; },
    [this](caf::actor_id id) {
      return open.count(id) > 0;
    }};
  caf_version::content_decoder decoder{system, handles};
  caf_version::types_owner owner = caf_version::new_types_owner();

  ~one_system() {
    for (auto& x : idle)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  }

  caf::expected<bytes> encode(const caf::message& x,
                              std::size_t max = 1'000'000) {
    bytes out;
    written.clear();
    auto err = caf_version::encode_content(system, x, max, out, written);
    // Encoding must give the same result when the types are remembered from an
    // earlier call.
    for (int i = 0; i < 2; ++i) {
      bytes again;
      std::vector<caf::actor_id> ids;
      auto failure =
        caf_version::encode_content(system, x, max, again, ids, owner);
      BOOST_TEST(describe(failure) == describe(err));
      BOOST_TEST((again == out));
      BOOST_TEST(ids == written);
    }
    if (err)
      return err;
    return out;
  }
  caf::expected<caf::message> decode(const bytes& x) {
    caf::message out;
    auto err = caf_version::decode_content(system, x, handles, out);
    // A decoder that has already decoded other messages, or this one, must give
    // the same result.
    for (int i = 0; i < 2; ++i) {
      caf_version::decoded_values again;
      auto failure = decoder.decode(x, again);
      BOOST_TEST(describe(failure) == describe(err));
      if (!failure)
        BOOST_TEST(to_string(again.move_to_message()) == to_string(out));
    }
    if (err)
      return err;
    return out;
  }
  caf::error refused(const bytes& x) {
    auto out = decode(x);
    BOOST_REQUIRE(!out);
    return out.error();
  }
  caf::actor spawn_idle() {
    idle.push_back(system.spawn([](caf::event_based_actor* self) {
      self->set_default_handler(caf::drop);
      self->become([](int) {});
    }));
    return idle.back();
  }
};

template <class T>
std::string why_not(const caf::expected<T>& x) {
  return x ? "" : describe(x.error());
}

bytes element(const std::string& name, const bytes& value) {
  bytes out;
  wire::append_number(out, 1);
  wire::append_run(out, byte_view{name});
  wire::append_all(out, value);
  return out;
}

bytes nested_lists(std::size_t depth) {
  // A config_value that is a list with one element, which again is a list with
  // one element, and so on.
  bytes out;
  for (std::size_t i = 0; i < depth; ++i) {
    out.push_back(6); // the value is a list
    out.push_back(1);
  }
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(message_codec_tests, one_system)

BOOST_AUTO_TEST_CASE(messages_survive) {
  const std::map<std::string, std::vector<point>> map{{"a", {{1, 2.5}, {3, 4}}},
                                                      {"b", {}}};
  auto sent = caf::make_message(
    std::string{"text"}, -7, std::uint64_t{1} << 60, 2.25f, 1e300L, true, 'c',
    point{4, -1}, map, std::u16string{u"sixteen"}, std::u32string{U"more"},
    caf::make_message(1, std::string{"nested"}), caf::message{},
    std::vector<bool>(1000, true), caf::atom_value{},
    make_error(errc::congested, "why"));
  auto encoded = encode(sent);
  BOOST_REQUIRE_MESSAGE(encoded, why_not(encoded));
  auto got = decode(*encoded);
  BOOST_REQUIRE_MESSAGE(got, why_not(got));
  BOOST_TEST(to_string(*got) == to_string(sent));
  BOOST_TEST(got->get_as<std::string>(0) == "text");
  BOOST_TEST(
    (got->get_as<std::map<std::string, std::vector<point>>>(8) == map));
}

BOOST_AUTO_TEST_CASE(any_number_of_bools_survives) {
  for (std::size_t count = 0; count < 3000; ++count) {
    auto sent = caf::make_message(std::vector<bool>(count, true));
    auto got = decode(*encode(sent));
    BOOST_REQUIRE_MESSAGE(got, count << " bools: " << why_not(got));
    BOOST_REQUIRE(to_string(*got) == to_string(sent));
  }
}

template <class T>
void extreme_numbers_survive(one_system& x) {
  using limits = std::numeric_limits<T>;
  for (T number : {limits::infinity(), -limits::infinity(), limits::max(),
                   limits::lowest(), limits::min(), T{0}, -T{0}, T{1} / T{3}}) {
    auto got = x.decode(*x.encode(caf::make_message(number)));
    BOOST_REQUIRE_MESSAGE(got, why_not(got));
    BOOST_TEST(got->template get_as<T>(0) == number);
    BOOST_TEST(std::signbit(got->template get_as<T>(0))
               == std::signbit(number));
  }
  auto got = x.decode(*x.encode(caf::make_message(limits::quiet_NaN())));
  BOOST_REQUIRE_MESSAGE(got, why_not(got));
  BOOST_TEST(std::isnan(got->template get_as<T>(0)));
}

BOOST_AUTO_TEST_CASE(numbers_without_a_finite_value_survive) {
  extreme_numbers_survive<float>(*this);
  extreme_numbers_survive<double>(*this);
  extreme_numbers_survive<long double>(*this);
  for (auto tiny : {std::numeric_limits<double>::denorm_min(), 1e-310}) {
    auto got = decode(*encode(caf::make_message(tiny)));
    BOOST_TEST(got->get_as<double>(0) == tiny);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_message_survives) {
  auto encoded = encode(caf::message{});
  BOOST_REQUIRE_MESSAGE(encoded, why_not(encoded));
  auto got = decode(*encoded);
  BOOST_REQUIRE_MESSAGE(got, why_not(got));
  BOOST_TEST(got->empty());
}

BOOST_AUTO_TEST_CASE(a_type_without_a_name_is_refused_wherever_it_is) {
  auto alone = caf::make_message(unregistered{1});
  auto why_alone = encode(alone).error();
  BOOST_TEST(is(why_alone, errc::unknown_type));
  BOOST_TEST(describe(why_alone).find("unregistered") != std::string::npos);
  BOOST_TEST(
    is(encode(caf::make_message(1, alone)).error(), errc::unknown_type));
  caf::error why{1, caf::atom("test"), alone};
  BOOST_TEST(is(encode(caf::make_message(why)).error(), errc::unknown_type));
}

BOOST_AUTO_TEST_CASE(a_type_that_only_the_sender_knows_is_named) {
  auto why = refused(element("their.type", {}));
  BOOST_TEST(describe(why) == "unknown_type: their.type");
}

BOOST_AUTO_TEST_CASE(a_nested_type_that_only_the_sender_knows_is_named) {
  bytes nested{0, 0}; // no type number
  wire::append_run(nested, byte_view{std::string_view{"@<>+@i32+their.type"}});
  nested.insert(nested.end(), {0, 0, 0, 1});
  auto why = refused(element("@message", nested));
  BOOST_TEST(describe(why) == "unknown_type: their.type");
}

BOOST_AUTO_TEST_CASE(system_messages_and_streams_are_refused) {
  for (auto name : {"@down", "@exit", "@group", "@group_down", "@timeout",
                    "@open_stream_msg", "@upstream_msg", "@downstream_msg"})
    BOOST_TEST(is(refused(element(name, {})), errc::unknown_type), name);
  BOOST_TEST(is(encode(caf::make_message(caf::open_stream_msg{})).error(),
                errc::unknown_type));
}

BOOST_AUTO_TEST_CASE(a_message_beyond_the_limit_is_not_encoded) {
  auto large = caf::make_message(std::string(1000, 'x'));
  auto size = encode(large)->size();
  BOOST_TEST(!!encode(large, size));
  bytes out{1, 2, 3};
  auto err = caf_version::encode_content(system, large, size - 1, out, written);
  BOOST_TEST(is(err, errc::too_large));
  BOOST_TEST((out == bytes{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(no_prefix_of_a_message_is_accepted) {
  auto whole = *encode(caf::make_message(std::string{"text"}, 7, point{1, 2}));
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!decode(
      {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}));
}

BOOST_AUTO_TEST_CASE(messages_of_many_types_are_read_in_turn) {
  std::vector<bytes> all;
  for (int count = 0; count < 40; ++count) {
    caf::message_builder x;
    for (int i = 0; i < count; ++i)
      x.append(i);
    if (count % 3 == 1)
      x.append(point{count, 1});
    all.push_back(*encode(x.to_message()));
  }
  for (int round = 0; round < 2; ++round)
    for (const auto& x : all)
      BOOST_TEST(!!decode(x));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_left_over_are_an_error) {
  auto whole = *encode(caf::make_message(7));
  whole.push_back(0);
  BOOST_TEST(is(refused(whole), errc::malformed));
}

BOOST_AUTO_TEST_CASE(sequences_larger_than_the_message_cost_nothing) {
  const bytes four_gi{0xff, 0xff, 0xff, 0xff, 0x0f};
  for (auto name : {"@charbuf", "@str", "@u16str", "@u32str", "@strvec",
                    "@strmap", "bools", "nothings", "map", "@actorvec"})
    BOOST_TEST(is(refused(element(name, four_gi)), errc::malformed), name);
}

BOOST_AUTO_TEST_CASE(sizes_with_too_many_digits_are_refused) {
  BOOST_TEST(is(refused(element("@str", bytes(20, 0x80))), errc::malformed));
}

BOOST_AUTO_TEST_CASE(empty_elements_cannot_multiply) {
  // These are 10,000 empty elements, in 100 sequences, in fewer than 250 bytes.
  // A message may have at most nine elements per byte.
  bytes value{100};
  for (int i = 0; i < 100; ++i)
    value.push_back(100);
  BOOST_TEST(
    is(refused(element("nothings of nothings", value)), errc::malformed));
}

BOOST_AUTO_TEST_CASE(messages_within_messages_are_bounded) {
  auto nested = caf::make_message(1);
  for (int i = 0; i < 10; ++i)
    nested = caf::make_message(nested);
  auto encoded = encode(nested);
  BOOST_REQUIRE_MESSAGE(encoded, why_not(encoded));
  BOOST_TEST(!!decode(*encoded));
  bytes deep;
  for (int i = 0; i < 100'000; ++i) {
    deep.insert(deep.end(), {0, 0});
    wire::append_run(deep, byte_view{std::string_view{"@<>+@message"}});
  }
  BOOST_TEST(is(refused(element("@message", deep)), errc::too_large));
}

BOOST_AUTO_TEST_CASE(recursive_values_do_not_exhaust_the_stack) {
  auto why = refused(element("@config_value", nested_lists(1'000'000)));
  BOOST_TEST((is(why, errc::too_large) || is(why, errc::malformed)));
}

BOOST_AUTO_TEST_CASE(values_that_nest_without_sequences_do_not_either) {
  BOOST_TEST(
    is(refused(element("chain", bytes(8'000'000, 1))), errc::too_large));
}

BOOST_AUTO_TEST_CASE(an_exception_of_the_application_is_an_error) {
  auto encoded = encode(caf::make_message(throwing{}));
  BOOST_REQUIRE_MESSAGE(encoded, why_not(encoded));
  auto why = refused(*encoded);
  BOOST_TEST(describe(why).find("a bad day") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(handles_of_local_actors_are_noticed_when_written) {
  auto ann = spawn_idle();
  auto bob = spawn_idle();
  auto encoded =
    encode(caf::make_message(ann, std::vector<caf::actor>{bob, ann},
                             ann.address(), caf::make_message(bob)));
  BOOST_REQUIRE_MESSAGE(encoded, why_not(encoded));
  BOOST_TEST((written
              == std::vector<caf::actor_id>{ann.id(), bob.id(), ann.id(),
                                            ann.id(), bob.id()}));
}

BOOST_AUTO_TEST_CASE(a_handle_that_comes_home_is_the_original) {
  auto ann = spawn_idle();
  auto encoded = encode(caf::make_message(ann));
  open.insert(ann.id());
  auto got = decode(*encoded);
  BOOST_REQUIRE_MESSAGE(got, why_not(got));
  BOOST_TEST((got->get_as<caf::actor>(0) == ann));
}

BOOST_AUTO_TEST_CASE(a_local_actor_that_was_given_to_nobody_is_refused) {
  auto ann = spawn_idle();
  system.registry().put(ann.id(), ann);
  auto encoded = encode(caf::make_message(1, ann));
  BOOST_TEST(is(refused(*encoded), errc::ended));
  auto nested = encode(caf::make_message(caf::make_message(ann)));
  BOOST_TEST(is(refused(*nested), errc::ended));
}

BOOST_AUTO_TEST_CASE(a_handle_of_another_node_becomes_its_proxy) {
  one_system other;
  auto remote = other.spawn_idle();
  auto encoded = other.encode(caf::make_message(remote));
  BOOST_REQUIRE_MESSAGE(encoded, why_not(encoded));
  auto stand_in = test::make_silent_proxy(system, remote.node(), remote.id());
  proxies[remote.id()] = stand_in;
  auto got = decode(*encoded);
  BOOST_REQUIRE_MESSAGE(got, why_not(got));
  BOOST_TEST((got->get_as<caf::actor>(0) == stand_in));
  BOOST_TEST((other.written == std::vector<caf::actor_id>{remote.id()}));
}

BOOST_AUTO_TEST_CASE(handles_of_nobody_are_refused) {
  auto encoded = encode(caf::make_message(caf::strong_actor_ptr{}));
  BOOST_REQUIRE_MESSAGE(encoded, why_not(encoded));
  BOOST_TEST(is(refused(*encoded), errc::ended));
}

BOOST_AUTO_TEST_SUITE_END()
