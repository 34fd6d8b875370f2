#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/event_based_actor.hpp>

#include "actors/core/directory/directory_messages.hpp"
#include "actors/core/mesh/record_limits.hpp"
#include "actors/core/remote/closing_message.hpp"
#include "actors/directory/directory.hpp"
#include "tests/support/actor_machines.hpp"
#include "tests/support/stranger.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a member that sends forged records and closing reports about another
// peer.
namespace {

//   m --- a --- b        m is a liar
struct lied_about : actor_machines {
  lied_about() {
    for (char letter : {'a', 'b'})
      add_with_names(letter);
    connect('a', 'b');
    run_for(seconds{3});
    stranger::options opts;
    opts.letter = 'm';
    liar.emplace([this] { run(); }, net(), host_of('a'), opts);
    liar->introduce();
    far = at('b').publish(adder);
    near = at('a').publish(adder);
    handle = at('a').handle_of(far);
    run_for(milliseconds{100});
  }
  ~lied_about() {
    liar.reset();
  }

  void add_with_names(char letter) {
    add(letter).spawn_names();
    run_for(milliseconds{10});
  }
  void monitor_handle() {
    reasons = at('a').monitor(handle);
    run_for(milliseconds{100});
  }
  std::vector<std::string> downs() const {
    std::vector<std::string> result;
    for (const auto& x : *reasons)
      result.push_back(describe(x));
    return result;
  }
  using actor_machines::sum;
  std::string sum() {
    return sum('a', handle);
  }

  /// Makes the liar claim that the peer `b` has this UID and version. If
  /// `with_names` is true, the liar also claims that `b` publishes no names and
  /// has a CAF node ID that does not exist.
  void forge(peer_uid uid, std::uint64_t version, bool with_names = true) {
    names::header x;
    x.of = {at('b').home.peer, uid};
    x.version = 1;
    x.node = to_string(*caf::make_node_id(1, std::string(40, 'A')));
    bytes headers{static_cast<std::uint8_t>(names::kind::headers)};
    names::append_header(headers, x);
    if (with_names)
      liar->send(wire::message_tag::unicast, names_channel,
                 byte_view{headers}.as_text(), at('a').home.peer);
    peer_record record;
    record.peer.name = at('b').home.peer;
    record.peer.uid = uid;
    record.peer.version = version;
    liar->send_topology({record});
  }

  std::optional<stranger> liar;
  caf::actor far;
  caf::actor near;
  caf::actor handle; // of `far`, at `a`
  std::shared_ptr<std::vector<caf::error>> reasons;
};

constexpr auto far_ahead = 1'000'000u;

} // namespace

BOOST_FIXTURE_TEST_SUITE(forged_lives_tests, lied_about)

BOOST_AUTO_TEST_CASE(a_forged_uid_ends_no_handle_monitor_or_request) {
  monitor_handle();
  BOOST_TEST(sum() == "42");
  for (unsigned i = 0; i < 5; ++i) {
    forge(peer_uid{77 + i}, far_ahead * (i + 1), i % 2 == 0);
    BOOST_TEST(sum() == "42");
    run_for(milliseconds{1500});
  }
  BOOST_TEST(sum() == "42");
  BOOST_TEST(downs() == std::vector<std::string>{},
             boost::test_tools::per_element());
  caf::anon_send_exit(far, caf::exit_reason::user_shutdown);
  run_for(milliseconds{100});
  BOOST_TEST(downs().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_outlives_the_last_version_is_reached) {
  monitor_handle();
  // The highest version that was allowed a minute ago. `b` needs a higher one,
  // and the limit grows in real time, which may lag behind virtual time.
  const auto lately =
    std::chrono::system_clock::now() - std::chrono::minutes{1};
  forge(at('b').home.uid, record_limits::max_version(lately), false);
  run_for(seconds{3});
  BOOST_TEST(sum() == "42");
  BOOST_TEST(sum('b', at('b').handle_of(near)) == "42");
  BOOST_TEST(downs() == std::vector<std::string>{},
             boost::test_tools::per_element());
  add_with_names('c');
  connect('c', 'b');
  run_for(seconds{3});
  BOOST_TEST(sum('c', at('c').handle_of(far)) == "42");
  auto here = at('c').publish(adder);
  BOOST_TEST(sum('b', at('b').handle_of(here)) == "42");
  BOOST_TEST(sum() == "42");
}

// The liar claims that `b` is not connected to `c`, and reports in the name of
// `b` that `c` has closed their connection. As soon as `b` has corrected its
// record, `c` is back.
BOOST_AUTO_TEST_CASE(a_made_up_end_of_a_peer_ends_no_handle) {
  add_with_names('c');
  connect('b', 'c');
  run_for(seconds{3});
  handle = at('a').handle_of(at('c').publish(adder));
  monitor_handle();
  BOOST_TEST(sum() == "42");
  run_for(seconds{2});
  peer_record lie;
  lie.peer = {at('b').home.peer, "b", at('b').home.uid, far_ahead, {}};
  lie.connections.push_back({at('a').home.peer, "10.0.0.97:6783", true, true});
  liar->send_topology({lie});
  outgoing report;
  report.tag = wire::message_tag::broadcast;
  report.source = at('b').home.peer;
  report.data = payload{
    remote::closing_message(1, {{at('c').home.peer, at('c').home.uid}})};
  liar->queue(report, "cafmesh/actors");
  liar->talk();
  run_for(milliseconds{100});
  BOOST_TEST(sum() == "42");
  run_for(seconds{2});
  BOOST_TEST(sum() == "42");
  BOOST_TEST(downs() == std::vector<std::string>{},
             boost::test_tools::per_element());
}

// `s` is a second stranger, which is connected to `a`.
BOOST_AUTO_TEST_CASE(closing_reports_of_a_flood_are_not_passed_on) {
  stranger::options opts;
  opts.letter = 's';
  stranger other{[this] { run(); }, net(), host_of('a'), opts};
  other.introduce();
  peer_record mine;
  mine.peer = {liar->name(), "m", opts.uid, 1, {}};
  mine.connections.push_back({at('a').home.peer, "10.0.0.97:6783", true, true});
  liar->send_topology({mine});
  run_for(seconds{2});
  other.talk();
  other.forget_messages();
  for (std::uint64_t i = 1; i <= 200; ++i) {
    std::vector<closing> all(remote::max_closings,
                             {at('b').home.peer, at('b').home.uid});
    liar->send(wire::message_tag::broadcast, "cafmesh/actors",
               byte_view{remote::closing_message(i, all)}.as_text());
    other.talk();
  }
  BOOST_TEST(other.count("cafmesh/actors") >= 16u);
  BOOST_TEST(other.count("cafmesh/actors") < 32u);
  BOOST_TEST(sum() == "42");
}

BOOST_AUTO_TEST_CASE(
  a_real_restart_is_noticed_although_there_was_a_forged_one) {
  monitor_handle();
  forge(peer_uid{77}, far_ahead);
  run_for(seconds{2});
  net().unplug(host_of('a'), host_of('b'));
  stop('b');
  net().cut(host_of('a'), host_of('b'));
  net().plug(host_of('a'), host_of('b'));
  BOOST_TEST(downs().size() <= 1u);
  add_with_names('b');
  connect('a', 'b');
  run_for(seconds{2});
  BOOST_TEST(downs().size() == 1u);
  auto why = sum();
  BOOST_TEST(why.find("restarted") == 0u, why);
  auto next = at('b').publish(adder);
  BOOST_TEST(sum('a', at('a').handle_of(next)) == "42");
}

BOOST_AUTO_TEST_SUITE_END()
