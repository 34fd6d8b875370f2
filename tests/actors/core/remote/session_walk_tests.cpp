#include <map>
#include <random>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_pair.hpp"

/// Tests with random events. The link between the two peers loses, duplicates
/// and reorders packets, changes its delay and fails. Either peer may be
/// restarted.
using namespace cafmesh;
using namespace cafmesh::remote;
using namespace cafmesh::test;

namespace {

constexpr std::uint32_t receivers = 3;

// One end of the session and the texts that it has received. The text of data
// is `UID:number@receiver`, with the sender's UID. A control with the text
// `UID:dN` was sent after the data with number N and must arrive after that
// data.
struct life {
  life(std::uint64_t ours, std::uint64_t theirs, std::uint64_t token,
       instant now)
      : end(ours, theirs, token, now, small_fragments()) {
  }
  static session_limits small_fragments() {
    session_limits result;
    result.sending.fragment = least_fragment;
    return result;
  }
  session_end end;
  int sent = 0;

  std::size_t checked = 0;
  // The highest number that has arrived, by sender and receiver.
  std::map<std::string, int> latest;
};

struct walk {
  static constexpr std::uint64_t our_actor = 9;

  explicit walk(std::uint32_t seed) : random(seed) {
    for (auto side : {0, 1})
      uid[side] = static_cast<std::uint64_t>(side + 1);
    for (auto side : {0, 1})
      revive(side);
  }

  std::uint32_t roll(std::uint32_t sides) {
    return std::uniform_int_distribution<std::uint32_t>{0, sides - 1}(random);
  }
  std::uint64_t token() {
    return 1 + (std::uint64_t{random()} << 32 | random());
  }

  // Replaces this end with a new one, which knows the current UIDs of both
  // sides.
  void revive(int side) {
    here[side] = std::make_unique<life>(uid[side], uid[1 - side], token(), now);
  }
  void restart(int side) {
    uid[side] += 2;
    revive(side);
    revive_other = 1 - side;
  }

  void send(int from) {
    for (auto& x : here[from]->end.talk.take_packets(now)) {
      if (!connected || roll(10) < loss)
        continue;
      auto copies = roll(10) == 0 ? 2 : 1;
      for (int i = 0; i < copies; ++i)
        link.emplace(now + milliseconds{delay + roll(jitter)},
                     std::make_pair(1 - from, x));
    }
  }

  void act() {
    auto side = static_cast<int>(roll(2));
    auto& x = *here[side];
    switch (roll(12)) {
    case 0:
      loss = roll(4);
      delay = roll(200);
      jitter = 1 + roll(150);
      break;
    case 1:
      if (roll(20) == 0)
        connected = !connected;
      break;
    case 2:
      if (roll(20) == 0)
        restart(side);
      break;
    case 3:
      BOOST_REQUIRE(x.end.talk.add_control(
        text_bytes(name(side) + ":d" + std::to_string(x.sent)), now,
        {our_actor, 0}));
      break;
    default:
      say(x, name(side));
    }
  }
  void say(life& from, const std::string& from_name) {
    auto receiver = 1 + roll(receivers);
    auto text = from_name + ":" + std::to_string(++from.sent) + "@"
                + std::to_string(receiver);
    if (roll(10) == 0) {
      text = long_text(text, least_fragment * (1 + roll(5)) + 1 + roll(1000));
      ++large;
    }
    from.end.talk.add_data(text_bytes(text), 0, now, {our_actor, receiver});
  }

  std::string name(int side) const {
    return std::to_string(here[side]->end.uid);
  }

  void step() {
    if (revive_other >= 0 && roll(10) == 0) {
      // Only now does this side learn that the other side was restarted.
      revive(std::exchange(revive_other, -1));
    }
    now += milliseconds{roll(30)};
    while (!link.empty() && link.begin()->first <= now) {
      auto [to, x] = link.begin()->second;
      link.erase(link.begin());
      here[to]->end.receive(x, now);
    }
    for (auto side : {0, 1}) {
      auto& x = *here[side];
      x.end.expire(now);
      if (roll(10) == 0)
        x.end.process(now);
      if (x.end.talk.is_unreachable(now)) {
        x.end.talk.begin_again(token(), now);
        x.end.partial.forget(x.end.other);
        x.end.cost = x.end.large_cost = 0;
        x.end.all.push_back("again");
      }
      check(side);
      send(side);
    }
  }

  void check(int side) {
    auto& x = *here[side];
    for (; x.checked < x.end.all.size(); ++x.checked) {
      const auto& text = x.end.all[x.checked];
      if (text == "again")
        continue;
      BOOST_REQUIRE_MESSAGE(text[0] != 'm', text); // `m`: mixed-up bytes
      auto colon = text.find(':');
      auto sender = text.substr(0, colon);
      auto is_control = text[colon + 1] == 'd';
      auto number = std::stoi(text.substr(colon + (is_control ? 2 : 1)));
      // Data must arrive whole and only once. It must not arrive after a
      // control that was sent later, nor after later data to the same receiver.
      for (auto r = 1u; r <= receivers; ++r) {
        auto to = "@" + std::to_string(r);
        if (!is_control && text.find(to) == std::string::npos)
          continue;
        auto& latest = x.latest[sender + to];
        BOOST_REQUIRE_MESSAGE(is_control || latest < number,
                              text << " after " << latest);
        latest = std::max(latest, number);
      }
    }
    BOOST_REQUIRE(x.end.partial.size() <= most_begun * 6 * least_fragment);
  }

  std::mt19937 random;
  instant now{seconds{1000}};
  std::uint64_t uid[2] = {0, 0};
  std::unique_ptr<life> here[2];
  std::multimap<instant, std::pair<int, bytes>> link;
  int large = 0;
  bool connected = true;
  std::uint32_t loss = 1;
  std::uint32_t delay = 10;
  std::uint32_t jitter = 50;
  int revive_other = -1;
};

} // namespace

BOOST_AUTO_TEST_SUITE(session_walk_tests)

BOOST_AUTO_TEST_CASE(
  order_holds_and_nothing_comes_twice_whatever_the_link_does) {
  std::size_t arrived = 0;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      walk w{seed};
      for (int i = 0; i < 1000; ++i) {
        w.act();
        w.step();
      }
      for (auto side : {0, 1})
        arrived += w.here[side]->end.all.size();
    }
  }
  BOOST_TEST(arrived > 10'000u);
}

BOOST_AUTO_TEST_CASE(once_the_link_is_good_large_messages_arrive_too) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      walk w{seed};
      for (int i = 0; i < 300; ++i) {
        w.act();
        w.step();
      }
      w.connected = true;
      w.loss = 0;
      w.delay = 5;
      w.jitter = 1;
      for (int i = 0; i < 2'000; ++i)
        w.step();
      BOOST_TEST(w.here[1]->end.partial.size() == 0u, "nothing is kept");
      for (auto side : {0, 1}) {
        const auto& talk = w.here[side]->end.talk;
        BOOST_TEST(talk.outstanding() == 0u);
        BOOST_TEST(talk.outstanding_large() == 0u);
      }
      auto before = w.here[1]->end.data.size();
      for (int i = 0; i < 50; ++i)
        w.say(*w.here[0], w.name(0));
      for (int i = 0; i < 500; ++i)
        w.step();
      BOOST_TEST(w.here[1]->end.data.size() == before + 50);
    }
  }
}

BOOST_AUTO_TEST_CASE(once_the_link_is_good_all_controls_arrive) {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      walk w{seed};
      for (int i = 0; i < 300; ++i) {
        w.act();
        w.step();
      }
      w.connected = true;
      w.loss = 0;
      w.delay = 5;
      w.jitter = 1;
      for (int i = 0; i < 2'000; ++i)
        w.step();
      auto before = w.here[1]->end.controls.size();
      for (int i = 0; i < 50; ++i)
        BOOST_REQUIRE(w.here[0]->end.talk.add_control(
          text_bytes(w.name(0) + ":d1000000"), w.now));
      for (int i = 0; i < 200; ++i)
        w.step();
      BOOST_TEST(w.here[1]->end.controls.size() == before + 50);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
