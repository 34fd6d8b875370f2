#include <map>
#include <random>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/remote/session_pair.hpp"

/// Random walks: two peers on a link that loses, duplicates and reorders
/// packets, changes its delay and fails, while either peer is restarted.
using namespace cafmesh;
using namespace cafmesh::remote;
using namespace cafmesh::test;

namespace {

// A life and what it has seen. Texts are `life:number` for data, and
// `life:dN` for a control that was sent after the data N.
struct life {
  life(std::uint64_t ours, std::uint64_t theirs, std::uint64_t token,
       instant now)
      : end(ours, theirs, token, now) {
  }
  session_end end;
  int sent = 0;

  std::size_t checked = 0;
  std::map<std::string, int> latest; // data number by sender's life
};

struct walk {
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

  // A new life on one side; the other side hears of it later.
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
        text_bytes(name(side) + ":d" + std::to_string(x.sent)), now));
      break;
    default:
      x.end.talk.add_data(
        text_bytes(name(side) + ":" + std::to_string(++x.sent)), 0, now);
    }
  }

  std::string name(int side) const {
    return std::to_string(here[side]->end.uid);
  }

  void step() {
    if (revive_other >= 0 && roll(10) == 0) {
      // The topology has reported the other side's new life.
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
      session_events events;
      x.end.talk.expire(now, events);
      x.end.handle(std::move(events));
      if (x.end.talk.is_unreachable(now)) {
        x.end.talk.begin_again(token(), now);
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
      auto colon = text.find(':');
      auto sender = text.substr(0, colon);
      auto is_control = text[colon + 1] == 'd';
      auto number = std::stoi(text.substr(colon + (is_control ? 2 : 1)));
      // No data may arrive twice, nor after a control that was sent later.
      auto& latest = x.latest[sender];
      BOOST_REQUIRE_MESSAGE(is_control || latest < number,
                            text << " after " << latest);
      latest = std::max(latest, number);
    }
  }

  std::mt19937 random;
  instant now{seconds{1000}};
  std::uint64_t uid[2] = {0, 0};
  std::unique_ptr<life> here[2];
  std::multimap<instant, std::pair<int, bytes>> link;
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
