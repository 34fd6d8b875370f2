#include <boost/test/unit_test.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/make_message.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/message_codec.hpp"
#include "actors/remote/carrier.hpp"
#include "actors/remote/node_keys.hpp"
#include "messages/wire/byte_stream.hpp"
#include "tests/caf_version/silent_proxy.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>

using namespace cafmesh;

// Tests of handles in messages, including those that only a hostile peer sends.
namespace message_handles_test {

/// A type that cannot be serialised.
struct unwritable {};
inline caf::error inspect(caf::serializer&, unwritable&) {
  return make_error(errc::congested, "no ink");
}
inline caf::error inspect(caf::deserializer&, unwritable&) {
  return {};
}

/// Counts how often it is written.
struct counted {
  static inline int times = 0;
};
inline caf::error inspect(caf::serializer&, counted&) {
  ++counted::times;
  return {};
}
inline caf::error inspect(caf::deserializer&, counted&) {
  return {};
}

} // namespace message_handles_test

namespace {

using namespace message_handles_test;

struct codec_config : caf::actor_system_config {
  codec_config() {
    add_options(*this);
    add_message_type<unwritable>("unwritable");
    add_message_type<counted>("counted");
    add_message_type<std::vector<caf::message>>("messages");
    set("scheduler.max-threads", 1);
  }
};

struct one_system {
  codec_config config;
  caf::actor_system system{config};
  caf::actor actor = system.spawn([](caf::event_based_actor* self) {
    self->set_default_handler(caf::drop);
    self->become([](int) {});
  });
  caf_version::handle_source handles{
    [this](const caf::node_id& node, caf::actor_id id) {
      return test::make_silent_proxy(system, node, id);
    },
    [](caf::actor_id) {
      return true;
    }};

  ~one_system() {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  caf::expected<bytes> encode(const caf::message& x) {
    bytes out;
    std::vector<caf::actor_id> local;
    if (auto err =
          caf_version::encode_content(system, x, 100'000'000, out, local))
      return err;
    return out;
  }
  caf::error decode(const bytes& x) {
    caf::message out;
    return caf_version::decode_content(system, x, handles, out);
  }
};

void append_handle(bytes& out, caf::actor_id id, const caf::node_id& node) {
  const auto key = key_of(node);
  wire::append_fixed(out, std::uint64_t{id});
  wire::append_fixed(
    out, static_cast<std::uint64_t>(caf::node_id::default_data::class_id));
  out.insert(out.end(), key.begin(), key.end());
}

bytes types(std::initializer_list<std::string_view> names) {
  bytes out;
  wire::append_number(out, names.size());
  for (auto name : names)
    wire::append_run(out, byte_view{name});
  return out;
}

constexpr auto marker =
  static_cast<caf::actor_id>(caf::node_id::default_data::class_id);

} // namespace

BOOST_FIXTURE_TEST_SUITE(message_handles_tests, one_system)

BOOST_AUTO_TEST_CASE(handles_are_written_as_the_tests_write_them) {
  auto raw = types({"@strong_actor_ptr"});
  append_handle(raw, actor.id(), actor.node());
  auto encoded =
    encode(caf::make_message(caf::actor_cast<caf::strong_actor_ptr>(actor)));
  BOOST_REQUIRE(!!encoded);
  BOOST_TEST((*encoded == raw));
}

// An actor ID, or a number before a handle, may equal the marker that comes
// before a node ID in a handle.
BOOST_AUTO_TEST_CASE(no_number_before_a_handle_hides_it) {
  for (auto id : {marker, caf::actor_id{1'000'000}})
    for (auto number : {std::uint64_t{7}, marker}) {
      auto raw = types({"@u64", "@strong_actor_ptr"});
      wire::append_fixed(raw, number);
      append_handle(raw, id, system.node());
      auto why = decode(raw);
      BOOST_TEST(is(why, errc::ended), describe(why));
    }
}

BOOST_AUTO_TEST_CASE(a_handle_of_an_actor_that_ends_meanwhile_is_refused) {
  auto encoded = encode(caf::make_message(actor));
  system.registry().put(actor.id(), actor);
  BOOST_TEST(!decode(*encoded));
  handles.may_address = [this](caf::actor_id id) {
    system.registry().erase(id);
    return true;
  };
  auto why = decode(*encoded);
  BOOST_TEST(is(why, errc::ended), describe(why));
}

BOOST_AUTO_TEST_CASE(a_message_has_handles_of_a_limited_number_of_actors) {
  constexpr std::size_t most = 64 * 1024;
  codec_config other;
  caf::actor_system elsewhere{other};
  for (auto count : {most, most + 1}) {
    auto raw = types({"@actorvec"});
    wire::append_number(raw, count);
    for (std::size_t i = 0; i < count; ++i)
      append_handle(raw, 1 + i, elsewhere.node());
    auto why = decode(raw);
    if (count == most)
      BOOST_TEST(!why, describe(why));
    else
      BOOST_TEST(is(why, errc::too_large), describe(why));
  }
}

BOOST_AUTO_TEST_CASE(a_limit_on_handles_is_told_apart_from_an_ended_actor) {
  auto raw = types({"@strong_actor_ptr"});
  append_handle(raw, 7, *caf::make_node_id(1, std::string(40, 'E')));
  handles.find_remote = [](const caf::node_id&, caf::actor_id) {
    return caf::strong_actor_ptr{};
  };
  auto has_room = true;
  handles.has_room = [&](const caf::node_id&, caf::actor_id) {
    return has_room;
  };
  auto why = decode(raw);
  BOOST_TEST(is(why, errc::ended), describe(why));
  has_room = false;
  why = decode(raw);
  BOOST_TEST(is(why, errc::congested), describe(why));
}

BOOST_AUTO_TEST_CASE(an_error_while_a_nested_message_is_written_is_not_lost) {
  auto inner = caf::make_message(unwritable{});
  BOOST_TEST(!encode(inner));
  BOOST_TEST(!encode(caf::make_message(inner)));
  BOOST_TEST(!encode(caf::make_message(std::vector<caf::message>{inner})));
  auto empty = caf::make_message(std::vector<caf::message>{{}, {}});
  auto encoded = encode(empty);
  BOOST_REQUIRE(!!encoded);
  BOOST_TEST(!decode(*encoded));
}

BOOST_AUTO_TEST_CASE(a_handle_of_an_ended_actor_costs_no_second_encoding) {
  auto shared = std::make_shared<carrier>(system, actor_settings{}, 1);
  caf::scoped_actor self{system};
  const auto ended = self->spawn([] {
    return caf::behavior{[](int) {
    }};
  });
  self->send_exit(ended, caf::exit_reason::user_shutdown);
  self->wait_for(ended);
  bytes raw;
  counted::times = 0;
  BOOST_TEST(!shared->encode_message(caf::make_message(ended, counted{},
                                                       std::uint64_t{1'000'000},
                                                       system.node()),
                                     raw));
  BOOST_TEST(counted::times == 1);
}

BOOST_AUTO_TEST_SUITE_END()
