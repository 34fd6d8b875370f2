#include "tests/scenarios/random_walk.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

namespace cafmesh::test {

namespace {

constexpr std::size_t fewest = 3;
constexpr std::size_t most = 8;
constexpr std::size_t longest = 24; // steps
constexpr auto longest_pause = milliseconds{3000};
// All nodes must agree within this time after all faults are repaired. It
// allows for two missed heartbeats, a retry, the introduction, a second of
// announcements and a gossip interval. Because some nodes have to dial a second
// time, it allows for all this twice.
constexpr auto patience = seconds{120};

} // namespace

random_walk::random_walk(std::uint64_t seed) : seeded_mesh(seed, fewest, most) {
  for (char who : letters())
    begin_life(who);
  // A tree of connections, so that there is a path between any two nodes.
  for (std::size_t i = 1; i < size_; ++i)
    connect(static_cast<char>('a' + i), static_cast<char>('a' + below(i)));
  run_for(milliseconds{below(5000)});
}

random_walk::~random_walk() = default;

std::string random_walk::run_schedule() {
  for (auto left = 4 + below(longest - 3); left > 0 && wrong_.empty(); --left) {
    ++steps;
    step();
    run_for(milliseconds{below(longest_pause.count())});
    check_counters();
  }
  if (is_endless())
    return "actors keep each other busy while no time passes";
  grow_counter::count_map known;
  for (char who : letters())
    for (const auto& [peer, count] : counts_of(who))
      known[peer] = std::max(known[peer], count);
  heal();
  if (wrong_.empty() && wait_for_agreement())
    check_counts_after(known) && check_broadcasts();
  return wrong_;
}

// -- steps

void random_walk::step() {
  auto who = anybody();
  switch (below(16)) {
  case 0:
  case 1:
    return connect(who, another(who));
  case 2:
    return forget_one();
  case 3:
  case 4:
    return cut_one();
  case 5:
    return unplug_one();
  case 6:
    return partition();
  case 7:
    return isolate(who, true);
  case 8:
    return heal();
  case 9:
  case 10:
    return restart(who, false);
  case 11:
    return restart(who, true);
  case 12:
  case 13:
  case 14:
    return count_up(who);
  default:
    return say(who);
  }
}

// Makes x dial y. If y dialled x too, one of their two connections would
// replace the other from time to time.
void random_walk::connect(char x, char y) {
  if (!dialled_.emplace(std::minmax(x, y), x).second)
    return;
  note(std::string{"connect "} + x + y);
  at(x).connect_to(at(y));
}

void random_walk::forget_one() {
  auto [x, y] = any_pair();
  auto found = dialled_.find({x, y});
  // With only a few connections left, the loss of one could split the mesh.
  if (found == dialled_.end() || dialled_.size() < 2 * size_)
    return;
  auto from = found->second;
  note(std::string{"forget "} + x + y);
  at(from).forget({at(from == x ? y : x).address()});
  dialled_.erase(found);
}

void random_walk::cut_one() {
  auto [x, y] = any_pair();
  note(std::string{"cut "} + x + y);
  net().cut(at(x).host(), at(y).host());
}

void random_walk::unplug_one() {
  auto both = any_pair();
  note(std::string{"unplug "} + both.first + both.second);
  net().unplug(at(both.first).host(), at(both.second).host());
  unplugged_.insert(both);
}

void random_walk::partition() {
  auto side = rng_();
  std::string text = "partition";
  for (char x : letters())
    text += (side >> (x - 'a') & 1) != 0 ? std::string{" "} + x : "";
  note(text);
  for (char x : letters())
    for (char y : letters())
      if (x < y && ((side >> (x - 'a') ^ side >> (y - 'a')) & 1) != 0) {
        net().unplug(at(x).host(), at(y).host());
        unplugged_.insert({x, y});
      }
}

void random_walk::isolate(char who, bool alone) {
  note((alone ? "isolate " : "join ") + std::string(1, who));
  for (char other : letters()) {
    if (other == who)
      continue;
    if (alone) {
      net().unplug(at(who).host(), at(other).host());
      unplugged_.insert(std::minmax(who, other));
    } else {
      net().plug(at(who).host(), at(other).host());
      unplugged_.erase(std::minmax(who, other));
    }
  }
}

void random_walk::heal() {
  note("heal");
  for (auto [x, y] : unplugged_)
    net().plug(at(x).host(), at(y).host());
  unplugged_.clear();
}

void random_walk::restart(char who, bool unseen) {
  // With `unseen`, the restart is over before other nodes notice that `who` was
  // gone.
  if (unseen)
    isolate(who, true);
  note(std::string{unseen ? "restart, unseen, " : "restart "} + who);
  at(who).stop();
  run_for(milliseconds{below(2) * below(6000)});
  begin_life(who);
  for (const auto& [both, from] : dialled_)
    if (from == who)
      at(who).connect_to(at(both.first == who ? both.second : both.first));
  if (unseen)
    isolate(who, false);
}

void random_walk::count_up(char who) {
  note(std::string{"count "} + who);
  ask<snapshot<grow_counter>>(
    counters_[who],
    update<grow_counter>{[name = at(who).name()](const grow_counter& x) {
      return x.increment(name);
    }});
}

void random_walk::say(char who) {
  note(std::string{"say "} + who);
  at(who).broadcast("chan", "walk" + std::to_string(++words_));
}

// -- checks

bool random_walk::check_counters() {
  for (char who : letters()) {
    auto now = counts_of(who);
    for (const auto& [peer, count] : seen_[who]) {
      ++checks;
      if (now[peer] < count)
        return fail(std::string{"a counter went down on "} + who);
    }
    seen_[who] = std::move(now);
  }
  return true;
}

// The expected topology after all repairs. With discovery, all pairs are
// connected; without it, only the pairs that `connect` has connected.
std::string random_walk::repaired_topology() const {
  std::string result;
  for (char x : letters())
    for (char y : letters())
      if (x != y && (discovery_ || dialled_.count(std::minmax(x, y)) != 0))
        result += (result.empty() ? "" : " ") + std::string{x, '>', y};
  return result;
}

bool random_walk::agree() {
  ++checks;
  return all_see(repaired_topology());
}

bool random_walk::wait_for_agreement() {
  const auto took = wait_until([this] { return agree(); }, repaired_topology(),
                               patience, seconds{1});
  if (!took)
    return false;
  const auto whole = std::chrono::duration_cast<seconds>(*took).count();
  recovery = std::max(recovery, static_cast<unsigned>(whole));
  return true;
}

bool random_walk::check_counts_after(const grow_counter::count_map& known) {
  run_for(2 * gossip_interval);
  check_counters();
  auto all = counts_of('a');
  for (char who : letters()) {
    ++checks;
    if (counts_of(who) != all)
      return fail(std::string{"the counters of a and "} + who + " differ");
  }
  for (const auto& [peer, count] : known) {
    ++checks;
    if (all[peer] < count)
      return fail("what " + peer.str() + " counted was lost");
  }
  return wrong_.empty();
}

// Checks that broadcasts arrive exactly once, and tries again if a node has
// dialled during the check. A node keeps dialling the addresses that it was
// given, even if the peer there is connected. If the new connection replaces
// the old one, the check proves nothing.
bool random_walk::check_broadcasts() {
  for (auto tries = 0; tries < 20; ++tries) {
    auto dials = net().dials().size();
    std::map<char, std::string> words;
    for (char who : letters())
      at(who).broadcast("chan", words[who] = "calm" + std::to_string(++words_));
    run_for(milliseconds{100});
    if (agree() && net().dials().size() == dials)
      return check_arrivals(words);
    if (!wait_for_agreement())
      return false;
  }
  return fail("the mesh never comes to rest");
}

bool random_walk::check_arrivals(const std::map<char, std::string>& words) {
  checks += words.size() * size_;
  return std::all_of(words.begin(), words.end(), [this](const auto& x) {
    return came_once(x.first, x.second, repaired_topology());
  });
}

// -- helpers

void random_walk::begin_life(char who) {
  prepare(who, quick_settings_for(who));
  counters_[who] = spawn_replicated(system(), at(who).router(), "count",
                                    grow_counter{name_flavour::mac});
  ask<gossip_channel_actor>(counters_[who], get_channel{});
  seen_[who].clear();
  at(who).start();
}

grow_counter::count_map random_walk::counts_of(char who) {
  auto found =
    ask<snapshot<grow_counter>>(counters_[who], get_value<grow_counter>{});
  if (!found.value) {
    fail(std::string{"no counter on "} + who);
    return {};
  }
  return (*found.value)->counts();
}

char random_walk::another(char than) {
  auto result = static_cast<char>('a' + below(size_ - 1));
  return result < than ? result : static_cast<char>(result + 1);
}

random_walk::pair random_walk::any_pair() {
  auto x = anybody();
  auto y = another(x);
  return std::minmax(x, y);
}

} // namespace cafmesh::test
