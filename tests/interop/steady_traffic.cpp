#include "tests/interop/steady_traffic.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

#include "tests/interop/both_kinds.hpp"

namespace cafmesh::test {

namespace {

using pair = steady_traffic::pair;
using std::chrono::milliseconds;

constexpr std::size_t size_of_each = 100;
constexpr milliseconds pause{5};

bool is_between(const pair& x, const std::string& from, const std::string& to) {
  return x == pair{from, to} || x == pair{to, from};
}

struct message {
  std::string from;
  std::string to;
  bool at_risk = false;
  bool refused = false;
  std::string why;
  std::size_t arrived = 0;
};

/// A peer and its two threads. One sends for the peer, and the other records
/// what the peer receives.
struct station {
  explicit station(mesh_peer& x) : peer(x), name(x.name()) {
  }

  mesh_peer& peer;
  const std::string name;
  std::atomic<bool> sending{true};
  std::atomic<bool> listening{true};
  std::thread sender;
  std::thread listener;

  void stop_sending() {
    sending = false;
    if (sender.joinable())
      sender.join();
  }
  void stop() {
    stop_sending();
    listening = false;
    if (listener.joinable())
      listener.join();
  }
};

} // namespace

struct steady_traffic::state {
  std::mutex mutex;
  std::set<std::string> present;
  std::vector<pair> risky;
  std::vector<message> all;
  std::set<std::size_t> under_way;
  std::unordered_map<std::string, std::size_t> by_digest;
  std::size_t astray = 0;
  std::map<std::string, std::unique_ptr<station>> stations;

  /// The seed of a message's blob. test_blob ignores the lowest bit of a seed,
  /// so all seeds are odd.
  static std::uint64_t seed_of(std::size_t number) {
    return 2 * number + 1;
  }

  template <class Predicate>
  void put_at_risk(Predicate fits) {
    for (auto i : under_way)
      if (fits(all[i]))
        all[i].at_risk = true;
  }

  /// Records a message that is about to be sent.
  /// @pre the mutex is held
  /// @returns its number
  std::size_t begin(const std::string& from, const std::string& to) {
    const auto number = all.size();
    message x;
    x.from = from;
    x.to = to;
    x.at_risk = std::any_of(risky.begin(), risky.end(), [&](const pair& y) {
      return is_between(y, from, to);
    });
    all.push_back(std::move(x));
    under_way.insert(number);
    by_digest.emplace(digest(test_blob(size_of_each, seed_of(number))), number);
    return number;
  }

  std::string next_after(const std::string& last, const std::string& us) {
    auto others = present;
    others.erase(us);
    if (others.empty() || present.count(us) == 0)
      return {};
    auto i = others.upper_bound(last);
    return i == others.end() ? *others.begin() : *i;
  }

  void send_on(station& self) {
    std::string to;
    while (self.sending) {
      std::size_t number = 0;
      {
        std::lock_guard guard{mutex};
        to = next_after(to, self.name);
        if (!to.empty())
          number = begin(self.name, to);
      }
      if (!to.empty())
        send(self, to, number);
      std::this_thread::sleep_for(pause);
    }
  }

  void send(station& self, const std::string& to, std::size_t number) {
    try {
      self.peer.unicast(to, size_of_each, seed_of(number));
    } catch (const std::exception& why) {
      std::lock_guard guard{mutex};
      all[number].refused = true;
      all[number].why = why.what();
    }
  }

  void listen_on(station& self) {
    while (self.listening)
      try {
        arrived(self.name, self.peer.wait_for(is_unicast, milliseconds{100}));
      } catch (const std::exception&) {
        std::this_thread::sleep_for(pause); // nothing arrived, or peer ended
      }
  }

  void arrived(const std::string& at, const nlohmann::json& event) {
    std::lock_guard guard{mutex};
    auto i = by_digest.find(event.at("fnv").get<std::string>());
    if (i == by_digest.end() || all[i->second].to != at
        || all[i->second].from != event.at("from")) {
      ++astray;
      return;
    }
    ++all[i->second].arrived;
    under_way.erase(i->second);
  }

  bool is_due(std::size_t number) const {
    return !all[number].at_risk && !all[number].refused;
  }

  bool nothing_is_due() {
    std::lock_guard guard{mutex};
    return std::none_of(under_way.begin(), under_way.end(),
                        [&](auto i) { return is_due(i); });
  }
};

steady_traffic::steady_traffic() : state_(std::make_unique<state>()) {
}

steady_traffic::~steady_traffic() {
  for (auto& x : state_->stations)
    x.second->stop_sending();
  for (auto& x : state_->stations)
    x.second->stop();
}

void steady_traffic::add(mesh_peer& peer) {
  auto& slot = state_->stations[peer.name()];
  slot = std::make_unique<station>(peer);
  slot->listener = std::thread{[all = state_.get(), self = slot.get()] { //
    all->listen_on(*self);
  }};
  {
    std::lock_guard guard{state_->mutex};
    state_->present.insert(slot->name);
  }
  slot->sender = std::thread{[all = state_.get(), self = slot.get()] { //
    all->send_on(*self);
  }};
}

void steady_traffic::remove(mesh_peer& peer) {
  auto found = state_->stations.find(peer.name());
  if (found == state_->stations.end())
    return;
  {
    std::lock_guard guard{state_->mutex};
    state_->present.erase(found->first);
    state_->put_at_risk([&](const message& x) {
      return x.from == found->first || x.to == found->first;
    });
  }
  found->second->stop();
  state_->stations.erase(found);
}

steady_traffic::risk::risk(steady_traffic& traffic, std::vector<pair> between)
    : traffic_(traffic), between_(std::move(between)) {
  auto& all = *traffic_.state_;
  std::lock_guard guard{all.mutex};
  for (const auto& x : between_) {
    all.risky.push_back(x);
    all.put_at_risk(
      [&](const message& y) { return is_between(x, y.from, y.to); });
  }
}

steady_traffic::risk::~risk() {
  auto& all = *traffic_.state_;
  std::lock_guard guard{all.mutex};
  for (const auto& x : between_)
    all.risky.erase(std::find(all.risky.begin(), all.risky.end(), x));
}

steady_traffic::figures steady_traffic::finish() {
  for (auto& x : state_->stations)
    x.second->stop_sending();
  eventually([&] { return state_->nothing_is_due(); });
  std::this_thread::sleep_for(std::chrono::seconds{1});
  for (auto& x : state_->stations)
    x.second->stop();
  state_->stations.clear();
  figures result;
  result.astray = state_->astray;
  for (const auto& x : state_->all) {
    result.twice += x.arrived > 1 ? 1 : 0;
    if (x.at_risk) {
      ++result.at_risk;
      result.at_risk_arrived += x.arrived > 0 ? 1 : 0;
      continue;
    }
    ++result.due;
    result.refused += x.refused ? 1 : 0;
    result.arrived += x.arrived > 0 ? 1 : 0;
    if ((x.refused || x.arrived == 0) && result.first_failure.empty())
      result.first_failure =
        x.from + " to " + x.to + ": " + (x.refused ? x.why : "did not arrive");
  }
  return result;
}

} // namespace cafmesh::test
