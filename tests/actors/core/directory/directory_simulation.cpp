#include "tests/actors/core/directory/directory_simulation.hpp"

#include <algorithm>

namespace cafmesh::test {

using std::chrono::milliseconds;
using namespace cafmesh::names;

directory_simulation::directory_simulation(std::uint64_t seed, unsigned peers)
    : rng(seed), peers_(peers) {
  for (unsigned i = 0; i < peers; ++i)
    begin(i);
}

void directory_simulation::begin(unsigned x) {
  auto& it = peers_[x];
  it.uid = ++uids_;
  it.model = std::make_unique<directory_model>(
    life_of(x + 1, it.uid), "node " + std::to_string(it.uid));
  it.next_gossip = now;
  for (unsigned y = 0; y < size(); ++y)
    if (y != x && peers_[y].model && peers_[y].group == it.group)
      meet(x, y);
}

void directory_simulation::meet(unsigned x, unsigned y) {
  for (auto [a, b] : {std::pair{x, y}, std::pair{y, x}}) {
    model(a).life_appeared(life_of(b + 1, uid(b)), now);
    after(a);
    send(a, b, model(a).outline(), false);
  }
}

void directory_simulation::move(unsigned x, unsigned group) {
  for (unsigned y = 0; y < size(); ++y)
    if (y != x && group_of(y) == group_of(x)) {
      model(x).peer_left(life(y).peer, now);
      model(y).peer_left(life(x).peer, now);
      after(y);
    }
  peers_[x].group = group;
  after(x);
  for (unsigned y = 0; y < size(); ++y)
    if (y != x && group_of(y) == group)
      meet(x, y);
}

void directory_simulation::restart(unsigned x) {
  begin(x);
}

void directory_simulation::publish(unsigned x, const std::string& name,
                                   std::uint64_t actor) {
  model(x).publish(name, entry_of(actor, {"a", "b"}));
  model(x).flush(now);
  after(x);
}

void directory_simulation::unpublish(unsigned x, const std::string& name) {
  model(x).unpublish(name);
  model(x).flush(now);
  after(x);
}

void directory_simulation::lie(unsigned from, unsigned to, payload data,
                               bool is_unicast) {
  under_way_.emplace(now, message{from, to, std::move(data), is_unicast});
}

void directory_simulation::send(unsigned from, unsigned to, const payload& data,
                                bool is_unicast) {
  bytes += data.size();
  largest = std::max(largest, data.size());
  if (std::uniform_real_distribution<>{}(rng) < loss)
    return;
  under_way_.emplace(now + milliseconds{1 + rng() % 50},
                     message{from, to, data, is_unicast});
}

void directory_simulation::tell_all(unsigned from, const payload& data) {
  for (unsigned to = 0; to < size(); ++to)
    if (to != from && group_of(to) == group_of(from))
      send(from, to, data, false);
}

void directory_simulation::arrive(const message& x) {
  if (group_of(x.from) != group_of(x.to))
    return;
  auto& to = model(x.to);
  const auto source = life(x.from).peer;
  if (x.is_unicast)
    to.receive_unicast(x.data.view(), source, source, now);
  else
    to.receive_news(x.data.view(), source, now);
  after(x.to);
}

void directory_simulation::after(unsigned x) {
  auto effects = model(x).take_effects();
  for (const auto& each : effects.unicasts) {
    const auto to = static_cast<unsigned>(each.to.number() - 1);
    if (to < size())
      send(x, to, each.data, true);
  }
  for (const auto& each : effects.broadcasts)
    tell_all(x, each);
  if (effects.describe)
    peers_[x].describe_at =
      std::min(peers_[x].describe_at, now + milliseconds{500});
}

void directory_simulation::step() {
  now += milliseconds{10};
  while (!under_way_.empty() && under_way_.begin()->first <= now) {
    auto next = std::move(under_way_.begin()->second);
    under_way_.erase(under_way_.begin());
    arrive(next);
  }
  for (unsigned x = 0; x < size(); ++x) {
    auto& it = peers_[x];
    if (auto due = it.model->wake_at(); due && *due <= now)
      it.model->tick(now);
    after(x);
    if (it.next_gossip > now && it.describe_at > now)
      continue;
    if (it.next_gossip <= now)
      it.next_gossip = now + gossip_interval;
    it.describe_at = instant::max();
    for (int i = 0; i < 3; ++i)
      if (auto to = static_cast<unsigned>(rng() % size());
          to != x && group_of(to) == it.group)
        send(x, to, it.model->outline(), false);
  }
}

void directory_simulation::run_for(duration time) {
  for (const auto end = now + time; now < end;)
    step();
}

std::string directory_simulation::disagreement() {
  for (unsigned x = 0; x < size(); ++x) {
    std::size_t shown = 0;
    model(x).all().visit([&](auto&, auto&, auto&) { ++shown; });
    std::size_t members = 0;
    for (unsigned y = 0; y < size(); ++y) {
      if (group_of(y) != group_of(x))
        continue;
      ++members;
      const auto* theirs = model(y).all().find(life(y));
      const auto* known = model(x).all().find(life(y));
      const auto pair = std::to_string(x) + " of " + std::to_string(y);
      if (!known)
        return "nothing is known to " + pair;
      if (!(known->head() == theirs->head()))
        return "version " + std::to_string(known->head().version)
               + " is known to " + pair + ", which has "
               + std::to_string(theirs->head().version);
      if (known->entries().summary().content
          != theirs->entries().summary().content)
        return "other names are known to " + pair;
    }
    if (shown != members)
      return std::to_string(x) + " shows " + std::to_string(shown)
             + " documents of " + std::to_string(members);
  }
  return {};
}

} // namespace cafmesh::test
