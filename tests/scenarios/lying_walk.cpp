#include "tests/scenarios/lying_walk.hpp"

#include <algorithm>

namespace cafmesh::test {

namespace {

constexpr std::size_t fewest = 3;
constexpr std::size_t most = 6;
constexpr std::size_t longest = 25; // acts
constexpr auto longest_pause = milliseconds{1500};

} // namespace

lying_walk::lying_walk(std::uint64_t seed) : seeded_mesh(seed, fewest, most) {
  for (char who : letters())
    begin_life(who);
  connect_all();
  run_for(seconds{30});
  // Some actors end when they are idle, so the actors are counted soon after
  // some traffic.
  for (char who : letters()) {
    write(who, "first");
    at(who).broadcast("chan", "first");
  }
  if (below(2) == 0)
    fill_map();
  run_for(seconds{1});
  actors_ = running();
}

lying_walk::~lying_walk() {
  // Closes the liar's connections before the base class counts the open
  // sockets.
  liar_.reset();
}

std::string lying_walk::run_schedule() {
  figures.schedules = 1;
  if (!agree() || !check_values_agree())
    return "no agreement before the liar came";
  for (auto x : links_)
    for (const auto& line : values_[x.first].events->lines)
      if (line.rfind(std::string{"added "} + x.second + " ", 0) == 0)
        honest_ids_[x] = line.substr(line.rfind(' ') + 1);
  liar_ = std::make_unique<liar>(*this, letters(), rng_());
  if (is_endless())
    return "the first words of the liar go round for ever";
  lie_for_a_while() && be_silent() && leave() && check_changes_arrive()
    && check_quiet() && check_broadcasts() && check_honest_links();
  if (wrong_.empty())
    for (char who : letters())
      for (const auto& channel : channels)
        figures.looped += at(who).figures(channel).looped;
  return wrong_;
}

// -- the schedule

void lying_walk::begin_life(char who) {
  auto& x = prepare(who, quick_settings_for(who));
  auto& mine = values_[who];
  mine.count = spawn_replicated(system(), x.router(), "count",
                                grow_counter{name_flavour::mac});
  mine.map = spawn_replicated<lww_map>(system(), x.router(), "map");
  mine.set = spawn_replicated<observed_remove_set>(system(), x.router(), "set");
  ask<gossip_channel_actor>(mine.count, get_channel{});
  ask<gossip_channel_actor>(mine.map, get_channel{});
  ask<gossip_channel_actor>(mine.set, get_channel{});
  mine.events = std::make_shared<event_lines>();
  ask<void>(x.router(), subscribe{spawn_event_writer(system(), mine.events)});
  x.start();
}

// Connects all nodes by a tree, so that there is a path between any two, and
// adds some connections. With discovery, all nodes then dial each other.
void lying_walk::connect_all() {
  auto connect = [this](std::size_t i, std::size_t j) {
    const auto x = letters()[i];
    const auto y = letters()[j];
    if (i == j || !links_.insert({x, y}).second)
      return;
    links_.insert({y, x});
    at(x).connect_to(at(y));
  };
  for (std::size_t i = 1; i < size_; ++i)
    connect(i, below(i));
  for (auto more = below(size_); more > 0; --more)
    connect(below(size_), below(size_));
  if (discovery_)
    for (char x : letters())
      for (char y : letters())
        if (x != y)
          links_.insert({x, y});
}

bool lying_walk::lie_for_a_while() {
  for (auto left = 5 + below(longest - 4); left > 0; --left)
    if (!act())
      return false;
  return true;
}

bool lying_walk::act() {
  const auto before = count_all();
  const auto lines_before = log_sizes();
  liar_->act();
  note(liar_->what());
  if (below(4) == 0)
    change_something();
  run_for(milliseconds{below(longest_pause.count())});
  liar_->listen();
  ++figures.acts;
  if (is_endless())
    return fail("a message goes round for ever");
  return check_work(before, lines_before) && check_sizes()
         && check_honest_links();
}

void lying_walk::change_something() {
  const auto who = letters()[below(size_)];
  note(std::string{"change by "} + who);
  write(who, "early");
}

// Waits until all nodes agree. The liar keeps its connections and sends only
// heartbeats.
bool lying_walk::be_silent() {
  note("silence");
  for (auto left = time_to_agree; left > seconds{0}; left -= seconds{1}) {
    run_for(seconds{1});
    liar_->listen();
  }
  return check_same_views() && check_honest_links();
}

bool lying_walk::leave() {
  note("the liar leaves");
  liar_->leave();
  return wait_for_agreement();
}

// -- helpers

void lying_walk::write(char who, const std::string& word) {
  const auto name = at(who).name();
  const auto key = std::string(1, who);
  ask<snapshot<grow_counter>>(values_[who].count,
                              update<grow_counter>{[=](const grow_counter& x) {
                                return x.increment(name);
                              }});
  ask<snapshot<lww_map>>(values_[who].map,
                         update<lww_map>{[=](const lww_map& x) {
                           return x.put(key, byte_view{word}, name);
                         }});
  ask<snapshot<observed_remove_set>>(
    values_[who].set, update<observed_remove_set>{
                        [=, uid = uid_of(who)](const observed_remove_set& x) {
                          return x.add(key + word, uid);
                        }});
}

// Makes the map so large that nodes compare outlines of it instead of sending
// it at each gossip interval.
void lying_walk::fill_map() {
  constexpr std::size_t entries = 100;
  const std::string value(250, 'v');
  map_size_ = entries * (value.size() + 20);
  ask<snapshot<lww_map>>(
    values_['a'].map,
    update<lww_map>{[name = at('a').name(), value](const lww_map& x) {
      caf::expected<lww_map> all{lww_map{}};
      for (std::size_t i = 0; i < entries; ++i)
        all->merge(*x.put("key " + std::to_string(i), byte_view{value}, name));
      return all;
    }});
}

std::string lying_walk::expected_topology() const {
  std::string result;
  for (auto [x, y] : links_)
    result += (result.empty() ? "" : " ") + std::string{x, '>', y};
  return result;
}

lying_walk::amounts lying_walk::count_all() {
  amounts result;
  result.told = liar_->bytes_sent();
  result.said = liar_->messages() + liar_->dials();
  result.digests = liar_->digests();
  result.outlines = liar_->outlines();
  result.turns = turns();
  for (auto [x, y] : links_)
    result.between += net().bytes_between(at(x).host(), at(y).host());
  for (char who : letters())
    result.to_liar += net().bytes_between(at(who).host(), liar::host());
  return result;
}

std::vector<std::size_t> lying_walk::log_sizes() {
  std::vector<std::size_t> result;
  for (char who : letters())
    result.push_back(at(who).log().size());
  return result;
}

lying_walk::arrivals lying_walk::received(char who) {
  arrivals result;
  for (const auto& name : channels) {
    const auto x = at(who).figures(name);
    result.broadcasts += x.broadcasts_received;
    result.gossips += x.gossips_received;
    result.unicasts += x.unicasts_received;
  }
  return result;
}

peer_uid lying_walk::uid_of(char who) {
  return at(who).record_of(at(who)).peer.uid;
}

void lying_figures::add(const lying_figures& x) {
  schedules += x.schedules;
  acts += x.acts;
  checks += x.checks;
  peers = std::max(peers, x.peers);
  waiting = std::max(waiting, x.waiting);
  actors = std::max(actors, x.actors);
  turns = std::max(turns, x.turns);
  bytes = std::max(bytes, x.bytes);
  answered = std::max(answered, x.answered);
  lines = std::max(lines, x.lines);
  looped += x.looped;
  recovery = std::max(recovery, x.recovery);
}

} // namespace cafmesh::test
