#include <cafmesh/replicated.hpp>

#include <thread>

#include <boost/test/unit_test.hpp>

#include "messages/wire/gob.hpp"
#include "tests/actors/replicated/stores.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of messages that the actor of a replicated value must refuse or limit.
namespace {

/// Encodes a map with one entry, which has this key and clock and an empty
/// value.
bytes put_message(std::string_view key, std::uint64_t clock) {
  bytes result{lww_map_format, 0};
  wire::append_gob_run(result, view(key));
  wire::append_gob_uint(result, clock);
  wire::append_gob_run(result, bytes(6, 1)); // the owner
  wire::append_gob_run(result, {});
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(replicated_input_tests, stores)

BOOST_AUTO_TEST_CASE(questions_in_a_peer_s_name_cannot_flood_that_peer) {
  build("ab");
  at('a').join("value");
  auto b = value_on<lww_map>('b');
  put(b, "k", "v");
  at('a').recorded("value").unicasts.clear(); // forgets b's request
  for (int i = 0; i < 50; ++i) {
    caf::anon_send(b, unicasts_arrived{{{at('a').name(), {}}}});
    run();
  }
  BOOST_TEST(at('a').recorded("value").unicasts.size() == 2u);
}

BOOST_AUTO_TEST_CASE(bytes_that_do_not_decode_change_nothing) {
  build("ab");
  auto b = value_on<lww_map>('b');
  put(b, "k", "v");
  at('a').broadcast("value", "nonsense");
  at('a').gossip("value", "nonsense");
  run();
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(at('b').figures("value").refused == 2u);
  BOOST_TEST(at('b').log().count({"'value'", "refused", "malformed"}) == 1u);
  // The neighbour made this unicast itself, so its connection closes.
  at('a').unicast("value", at('b'), "nonsense");
  run();
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(get(b, "k") == "v");
  BOOST_TEST(map(b)->entries().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_full_value_says_so_in_its_status_and_once_in_the_log) {
  build("ab");
  auto a = value_on<lww_map>('a');
  replicated_options options;
  auto log = std::make_shared<collecting_log>();
  options.log = log;
  auto b = spawn_replicated(system(), at('b').router(), "value",
                            lww_map{std::chrono::hours{1}, 800}, options);
  run();
  auto status = [&] {
    return *ask<value_status>(b, get_value_status{}).value;
  };
  BOOST_TEST(!status().is_full);
  for (int i = 0; i < 50; ++i)
    put(a, "key " + std::to_string(i), "value");
  run();
  BOOST_TEST(status().is_full);
  BOOST_TEST(status().refused >= 47u);
  BOOST_TEST(map(b)->memory() <= 800u);
  BOOST_TEST(log->count({"'value'", "the value is full"}) == 1u);
  run_for(minutes{2});
  put(a, "another", "value");
  run();
  BOOST_TEST(log->count({"'value'", "the value is full"}) >= 2u);
  BOOST_TEST(log->count({"'value'", "the value is full"}) <= 4u);
}

// A member has forged the highest clock that is accepted, so the next write of
// `a` has an even higher clock. `b` ignores that write until the next second.
BOOST_AUTO_TEST_CASE(a_write_right_after_a_forgery_arrives_soon) {
  for (char letter : {'a', 'b'}) {
    auto config = settings_for(letter);
    config.gossip_interval = minutes{10};
    add(letter, config);
  }
  at('a').connect_to(at('b'));
  settle();
  auto a = value_on<lww_map>('a');
  auto b = value_on<lww_map>('b');
  run();
  change<lww_map>(a, [](const lww_map& x) -> caf::expected<lww_map> {
    auto soon = x;
    const auto date = std::chrono::system_clock::now() + seconds{1};
    soon.set_date(date);
    return soon.decode(
      put_message("k", reachable(date, lww_map::max_writes_per_second)));
  });
  run();
  std::this_thread::sleep_for(milliseconds{1200});
  run_for(seconds{4});
  BOOST_TEST(map(b)->entries().size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_bad_unicast_does_not_affect_the_rest_of_its_batch) {
  build("ab");
  auto b = value_on<lww_map>('b');
  lww_map other;
  auto change = *other.put("k", byte_view{"v"}, peer_name::from_number(1));
  unicasts batch;
  batch.messages.push_back({at('b').name(), text_payload("nonsense")});
  for (auto& x : change.encode())
    batch.messages.push_back({at('b').name(), std::move(x)});
  ask<void>(at('a').channel("value"), batch);
  BOOST_TEST(get(b, "k") == "v");
}

BOOST_AUTO_TEST_CASE(a_counter_of_the_other_flavour_closes_the_connection) {
  build("ab");
  auto b = value_on<grow_counter>('b');
  auto a = value_on<grow_counter>('a', grow_counter{name_flavour::hash});
  auto who = *peer_name::from_bytes(bytes(16, 1), name_flavour::hash);
  change<grow_counter>(a,
                       [=](const grow_counter& x) { return x.increment(who); });
  run();
  BOOST_TEST(at('a').degree() == 0u);
  BOOST_TEST(count(b) == 0);
}

BOOST_AUTO_TEST_CASE(a_forged_clock_is_neither_kept_nor_passed_on) {
  build("ab");
  at('a').join("value");
  auto b = value_on<lww_map>('b');
  auto forged = put_message("k", INT64_MAX);
  at('a').unicast("value", at('b'), byte_view{forged}.as_text());
  run();
  BOOST_TEST(at('a').degree() == 1u);
  auto passed_on = ask<gossip_data_ptr>(
    b, broadcast_arrived{at('a').name(), payload::copy_of(forged)});
  BOOST_TEST_REQUIRE(passed_on.value.has_value());
  BOOST_TEST((*passed_on.value)->encode().empty());
  BOOST_TEST(map(b)->entries().empty());
  put(b, "k", "honest");
  BOOST_TEST(get(b, "k") == "honest");
}

BOOST_AUTO_TEST_CASE(a_value_is_told_the_date_before_it_decodes) {
  build("ab");
  auto b = value_on<lww_map>('b');
  at('a').join("value");
  auto limit = reachable(earliest_wall_time, lww_map::max_writes_per_second);
  auto message = put_message("k", limit + 1);
  at('a').unicast("value", at('b'), byte_view{message}.as_text());
  run();
  BOOST_TEST(map(b)->size() == 1u);
}

BOOST_AUTO_TEST_CASE(bytes_after_a_counter_do_not_close_the_connection) {
  build("ab");
  auto b = value_on<grow_counter>('b');
  at('a').join("value");
  auto message = (*grow_counter{}.increment(at('a').name(), 7)).encode()[0];
  auto longer = std::string{message.view().as_text()} + "more";
  at('a').unicast("value", at('b'), longer);
  run();
  BOOST_TEST(at('a').degree() == 1u);
  BOOST_TEST(count(b) == 7);
}

// `broadcast` and `gossip` append a blank to each text, so their messages have
// bytes after the value.
BOOST_AUTO_TEST_CASE(messages_with_bytes_after_the_value_are_counted) {
  build("ab");
  auto b = value_on<grow_counter>('b');
  at('a').join("value");
  auto message = (*grow_counter{}.increment(at('a').name(), 7)).encode()[0];
  const std::string exact{message.view().as_text()};
  for (const auto& text : {exact, exact + "m", exact + "more"}) {
    at('a').unicast("value", at('b'), text);
    at('a').broadcast("value", text);
    at('a').gossip("value", text);
    run();
  }
  BOOST_TEST(at('b').figures("value").surplus == 8u);
  BOOST_TEST(at('b').figures("value").refused == 0u);
  BOOST_TEST(count(b) == 7);
  const auto about = at('a').name().str();
  BOOST_TEST(at('b').log().count({"'value'", "ignored bytes", about}) == 1u);
}

BOOST_AUTO_TEST_CASE(one_line_per_minute_and_neighbour_tells_of_ignored_bytes) {
  build("ab ac");
  auto a = value_on<grow_counter>('a');
  at('b').join("value");
  at('c').join("value");
  const auto message = grow_counter{}.question();
  const auto longer = std::string{message.view().as_text()} + "more";
  for (int i = 0; i < 3; ++i)
    for (auto who : {'b', 'c'}) {
      at(who).unicast("value", at('a'), longer);
      run();
    }
  BOOST_TEST(at('a').figures("value").surplus == 6u);
  for (auto who : {'b', 'c'})
    BOOST_TEST(at('a').log().count({"ignored bytes", at(who).name().str()})
               == 1u);
  run_for(seconds{61});
  at('b').unicast("value", at('a'), longer);
  run();
  BOOST_TEST(at('a').log().count({"ignored bytes", "2 more left out"}) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
