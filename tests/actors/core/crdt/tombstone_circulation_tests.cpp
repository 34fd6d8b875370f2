#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <cafmesh/lww_map.hpp>

using namespace cafmesh;
using namespace std::chrono_literals;

// Tests that maps in a ring stop sending messages after a deletion.
namespace {

constexpr std::size_t replicas = 6;
constexpr int keys = 300;

/// Maps in a ring, where each message takes some time. Each map passes news on
/// to both neighbours, and sends its complete state at intervals.
class ring {
public:
  ring(duration retention, duration delay, duration gossip_interval)
      : delay_(delay), gossip_interval_(gossip_interval) {
    for (std::size_t i = 0; i < replicas; ++i) {
      maps_.emplace_back(retention);
      maps_.back().advance(now_);
      next_gossip_.push_back(now_ + i * gossip_interval / replicas);
    }
  }

  void put(std::size_t at, const std::string& key) {
    change(at, *maps_[at].put(key, {}, peer_name::from_number(at + 1)));
  }
  void erase(std::size_t at, const std::string& key) {
    change(at, *maps_[at].erase(key, peer_name::from_number(at + 1)));
  }

  void run_for(duration time) {
    for (auto end = now_ + time;;) {
      std::size_t gossiper = 0;
      for (std::size_t i = 1; i < replicas; ++i)
        if (next_gossip_[i] < next_gossip_[gossiper])
          gossiper = i;
      auto arrives = on_links_.empty() ? end : on_links_.begin()->first;
      if (std::min(arrives, next_gossip_[gossiper]) >= end)
        return at(end);
      if (arrives < next_gossip_[gossiper])
        deliver();
      else
        gossip(gossiper);
    }
  }

  std::size_t entries() const {
    std::size_t result = 0;
    for (const auto& x : maps_)
      result += x.entries().size();
    return result;
  }
  std::size_t delivered() const {
    return delivered_;
  }

private:
  struct message {
    std::size_t to;
    payload data;
  };

  void at(instant time) {
    now_ = time;
    for (auto& x : maps_)
      x.advance(now_);
  }

  void change(std::size_t where, const lww_map& x) {
    if (auto news = maps_[where].merge(x))
      tell_neighbours(where, *news);
  }

  void tell_neighbours(std::size_t from, const lww_map& x) {
    for (auto& data : x.encode())
      for (auto to : {from + 1, from + replicas - 1})
        on_links_.emplace(now_ + delay_, message{to % replicas, data});
  }

  void deliver() {
    auto arrival = on_links_.extract(on_links_.begin());
    at(arrival.key());
    ++delivered_;
    auto to = arrival.mapped().to;
    change(to, *maps_[to].decode(arrival.mapped().data.view()));
  }

  void gossip(std::size_t from) {
    at(next_gossip_[from]);
    next_gossip_[from] += gossip_interval_;
    tell_neighbours(from, maps_[from]);
  }

  duration delay_;
  duration gossip_interval_;
  instant now_ = instant{} + 1h;
  std::vector<lww_map> maps_;
  std::vector<instant> next_gossip_;
  std::multimap<instant, message> on_links_;
  std::size_t delivered_ = 0;
};

// Deletes entries at many different times within the interval of the periodic
// gossip, and checks that they disappear.
void no_deletion_circulates(duration retention, duration delay,
                            duration gossip_interval) {
  ring x{retention, delay, gossip_interval};
  auto pause = gossip_interval / 37 + 1us;
  for (int i = 0; i < keys; ++i) {
    auto key = std::to_string(i);
    x.put(static_cast<std::size_t>(i) % replicas, key);
    x.run_for(pause + replicas * delay); // until all maps have the entry
    x.erase(static_cast<std::size_t>(i + 1) % replicas, key);
    x.run_for(pause);
  }
  BOOST_TEST(x.entries() > 0u);
  x.run_for(2 * retention);
  BOOST_TEST(x.entries() == 0u);
  auto delivered = x.delivered();
  x.run_for(gossip_interval);
  BOOST_TEST(x.delivered() == delivered);
}

} // namespace

BOOST_AUTO_TEST_SUITE(tombstone_circulation_tests)

BOOST_AUTO_TEST_CASE(all_is_silent_once_the_retention_of_deletions_is_over) {
  no_deletion_circulates(3s, 3ms + 400us, 500ms);
}

BOOST_AUTO_TEST_CASE(all_is_silent_at_the_default_settings_with_slow_links) {
  no_deletion_circulates(24h, 50ms, 30s);
}

BOOST_AUTO_TEST_CASE(delays_of_a_tenth_of_the_retention_are_no_problem) {
  no_deletion_circulates(3s, 100ms, 1s);
}

BOOST_AUTO_TEST_SUITE_END()
