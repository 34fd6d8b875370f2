#include <cafmesh/detail/own_changes.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

namespace {

/// A value whose changes take memory and are ahead of the date for a while.
struct growing {
  std::optional<growing> merge(const growing& other) {
    size += other.size;
    second = std::max(second, other.second);
    return other;
  }
  std::size_t memory() const {
    return size;
  }
  bool is_ahead_of(wall_time now) const {
    return wall_time{std::chrono::seconds{second}} > now;
  }
  std::vector<payload> encode() const {
    return {};
  }

  std::size_t size = 0;
  int second = 0; // changes count from then on
};

/// Counts what the actor of a value sends.
struct sender {
  template <class Delay>
  void delayed_send(sender*, Delay, replication::repeat_due) {
    ++timers;
  }
  void send(const gossip_channel_actor&, const broadcast& x) {
    sizes.push_back(
      dynamic_cast<const replicated_data<growing>&>(*x.data).memory());
  }

  int timers = 0;
  std::vector<std::size_t> sizes; // of the values that were broadcast
};

struct fixture {
  void change(std::size_t size, int second) {
    whole.merge({whole_grows ? size : 0, second});
    changes.add({size, second}, whole, today);
    changes.announce({});
  }
  bool repeat() {
    return changes.repeat({}, std::make_shared<const growing>(whole), today);
  }

  sender self;
  replication::own_changes<growing, sender> changes{&self};
  growing whole;
  bool whole_grows = true;
  wall_time today{100s};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(own_changes_tests, fixture)

BOOST_AUTO_TEST_CASE(a_change_that_peers_take_is_broadcast_once) {
  change(10, 100);
  BOOST_TEST((self.sizes == std::vector<std::size_t>{10}));
  BOOST_TEST(self.timers == 0);
  BOOST_TEST(repeat());
  BOOST_TEST(self.sizes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(changes_that_peers_may_ignore_are_broadcast_again) {
  change(10, 101);
  change(20, 101);
  BOOST_TEST(self.timers == 1);
  today += 3s;
  BOOST_TEST(repeat());
  BOOST_TEST((self.sizes == std::vector<std::size_t>{10, 20, 30}));
  BOOST_TEST(self.timers == 1);
  BOOST_TEST(repeat());
  BOOST_TEST(self.sizes.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_change_is_repeated_until_peers_take_it) {
  change(10, 101);
  BOOST_TEST(repeat());
  BOOST_TEST(self.timers == 2);
  today += 3s;
  BOOST_TEST(repeat());
  BOOST_TEST(self.timers == 2);
  BOOST_TEST((self.sizes == std::vector<std::size_t>{10, 10, 10}));
}

BOOST_AUTO_TEST_CASE(changes_that_exceed_the_value_are_left_to_gossip) {
  whole_grows = false;
  for (int i = 0; i < 100; ++i)
    change(1024, 101);
  BOOST_TEST(self.timers == 1);
  self.sizes.clear();
  BOOST_TEST(!repeat());
  BOOST_TEST(self.timers == 2);
  today += 3s;
  BOOST_TEST(!repeat());
  BOOST_TEST(repeat());
  BOOST_TEST(self.timers == 2);
  BOOST_TEST(self.sizes.empty());
}

BOOST_AUTO_TEST_CASE(changes_may_be_as_large_as_the_value) {
  for (int i = 0; i < 100; ++i)
    change(1024, 101);
  self.sizes.clear();
  today += 3s;
  BOOST_TEST(repeat());
  BOOST_TEST((self.sizes == std::vector<std::size_t>{100 * 1024}));
}

BOOST_AUTO_TEST_SUITE_END()
