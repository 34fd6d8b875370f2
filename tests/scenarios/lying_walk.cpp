#include "tests/scenarios/lying_walk.hpp"

#include <algorithm>

#include <caf/deep_to_string.hpp>

#include <cafmesh/inspection.hpp>

namespace cafmesh::test {

namespace {

constexpr std::size_t fewest = 3;
constexpr std::size_t most = 6;
constexpr std::size_t longest = 25; // acts
constexpr auto longest_pause = milliseconds{1500};

// All nodes must agree within this time after the last forged message. That is
// two gossip intervals, 10 s, and 5 s for announcements, which each node may
// delay by a second.
constexpr auto time_to_agree = seconds{15};
// The mesh rests for this time before the test checks that it is quiet. That is
// long enough for unused channels to end, which takes three gossip intervals.
constexpr auto time_to_rest = seconds{25};
constexpr auto quiet_intervals = 6u;

// The channels on which each node gossips a state, even if it is empty.
const std::vector<std::string> channels{"chan", "count", "map", "set",
                                        "topology"};

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
  const auto turns_before = turns();
  const auto bytes_before = honest_bytes();
  const auto lines_before = log_sizes();
  const auto told_before = liar_->bytes_sent();
  const auto said_before = liar_->messages() + liar_->dials();
  liar_->act();
  note(liar_->what());
  if (below(4) == 0)
    change_something();
  run_for(milliseconds{below(longest_pause.count())});
  liar_->listen();
  ++figures.acts;
  if (is_endless())
    return fail("a message goes round for ever");
  return check_work(liar_->bytes_sent() - told_before,
                    liar_->messages() + liar_->dials() - said_before,
                    turns() - turns_before, honest_bytes() - bytes_before,
                    lines_before)
         && check_sizes() && check_honest_links();
}

void lying_walk::change_something() {
  const auto who = letters()[below(size_)];
  note(std::string{"change by "} + who);
  write(who, "early");
}

// Waits until all nodes agree. The liar keeps its connections and sends only
// heartbeats. With discovery, nodes may still dial a false address that the
// liar announced. If the node at that address is connected already, the new
// connection may replace the old one, so that views differ for a moment.
bool lying_walk::be_silent() {
  note("silence");
  auto left = 2 * time_to_agree;
  do {
    run_for(seconds{1});
    liar_->listen();
    left -= seconds{1};
  } while (left > time_to_agree
           || (left > seconds{0} && !difference_of_views().empty()));
  return check_same_views() && check_honest_links();
}

bool lying_walk::leave() {
  note("the liar leaves");
  liar_->leave();
  return wait_for_agreement();
}

// -- checks

// Whether the event `line` says that another connection between the same nodes
// replaced this one. With discovery, that can happen after a node dials a false
// address.
bool lying_walk::gave_way(const link& which, const std::string& line) {
  if (line.find(" won") != std::string::npos)
    return discovery_;
  const auto back = std::string{"removed "} + which.first + " ";
  const auto& there = values_[which.second].events->lines;
  return discovery_
         && std::any_of(there.begin(), there.end(), [&](const auto& x) {
              return x.rfind(back, 0) == 0
                     && x.find(" won") != std::string::npos;
            });
}

bool lying_walk::check_honest_links() {
  for (const auto& which : links_) {
    ++figures.checks;
    const auto removed =
      std::string{"removed "} + which.second + " " + honest_ids_[which] + " ";
    for (const auto& line : values_[which.first].events->lines) {
      if (line.rfind(removed, 0) != 0)
        continue;
      if (!gave_way(which, line))
        return fail(std::string{which.first}
                    + " lost an honest neighbour: " + line);
      ++figures.replacements;
      honest_ids_[which] = "?";
    }
    const auto links = at(which.first).record_of(at(which.first)).connections;
    if (std::none_of(links.begin(), links.end(), [&](const auto& x) {
          return x.remote == at(which.second).name() && x.established;
        }))
      return fail(std::string{which.first} + " has no connection to "
                  + which.second);
  }
  return true;
}

bool lying_walk::check_sizes() {
  for (char who : letters()) {
    ++figures.checks;
    const auto peers = at(who).description().peers.size();
    figures.peers = std::max(figures.peers, peers);
    if (peers > size_ + liar_->names() + 8)
      return fail(std::string{who} + " knows " + std::to_string(peers)
                  + " peers");
    auto status = ask<mesh_status>(at(who).router(), get_status{});
    if (!status.value)
      return fail(std::string{who} + " has no status");
    for (const auto& x : status.value->connections) {
      figures.waiting = std::max(figures.waiting, std::size_t{x.waiting_bytes});
      if (x.waiting_bytes > 1024 * 1024)
        return fail(std::string{who} + " keeps "
                    + std::to_string(x.waiting_bytes) + " bytes for "
                    + x.nickname);
    }
  }
  const auto actors = running() - std::min(running(), actors_);
  figures.actors = std::max(figures.actors, actors);
  return true;
}

bool lying_walk::check_work(std::size_t told, std::size_t said,
                            std::uint64_t turns, std::size_t bytes,
                            const std::vector<std::size_t>& lines) {
  ++figures.checks;
  figures.turns = std::max(figures.turns, turns);
  figures.bytes = std::max(figures.bytes, bytes);
  const auto pairs = size_ * (size_ - 1);
  if (turns > 4000 + 1000 * pairs + 20 * pairs * said)
    return fail(std::to_string(turns) + " turns after one act");
  // Periodic gossip may take 50,000 bytes. Each connection may carry four times
  // what the liar sent in this act and the one before, because nodes pass some
  // records on only after a second. It may also carry twice all that the liar
  // has ever sent, because a new neighbour gets the whole state.
  const auto lately = told + std::exchange(told_last_, told);
  if (bytes > 50'000 + pairs * (4 * lately + 2 * liar_->bytes_sent()))
    return fail(std::to_string(bytes) + " bytes after one act, "
                + std::to_string(told) + " of " + std::to_string(lately)
                + " told");
  const auto now = log_sizes();
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto written = now[i] - lines[i];
    figures.lines = std::max(figures.lines, written);
    if (written > 250)
      return fail(std::to_string(written) + " lines of log after one act");
  }
  return true;
}

// Checks that all nodes have the same records, including records of peers that
// the liar made up.
bool lying_walk::check_same_views() {
  ++figures.checks;
  auto difference = difference_of_views();
  return difference.empty() || fail(difference);
}

std::string lying_walk::difference_of_views() {
  const auto first = at('a').description().peers;
  for (char who : letters()) {
    const auto other = at(who).description().peers;
    const auto [x, y] =
      std::mismatch(first.begin(), first.end(), other.begin(), other.end());
    if (x != first.end() || y != other.end())
      return std::string{"the views of a and "} + who + " differ: "
             + (x == first.end() ? "nothing" : caf::deep_to_string(*x)) + " / "
             + (y == other.end() ? "nothing" : caf::deep_to_string(*y));
  }
  return {};
}

bool lying_walk::agree() {
  ++figures.checks;
  return all_see(expected_topology());
}

bool lying_walk::wait_for_agreement() {
  const auto took = wait_until([this] { return agree(); }, expected_topology(),
                               time_to_agree, milliseconds{250});
  if (!took)
    return false;
  const auto whole = std::chrono::duration_cast<seconds>(*took).count();
  figures.recovery = static_cast<unsigned>(whole) + 1;
  return check_same_views();
}

bool lying_walk::check_values_agree() {
  const auto& first = values_['a'];
  for (char who : letters()) {
    ++figures.checks;
    const auto& other = values_[who];
    if (!(*value_of(first.count) == *value_of(other.count)))
      return fail(std::string{"the counters of a and "} + who + " differ");
    if (!(*value_of(first.map) == *value_of(other.map)))
      return fail(std::string{"the maps of a and "} + who + " differ");
    if (!(*value_of(first.set) == *value_of(other.set)))
      return fail(std::string{"the sets of a and "} + who + " differ");
  }
  return true;
}

// Checks that the high numbers in forged values keep no node from writing.
bool lying_walk::check_changes_arrive() {
  run_for(2 * gossip_interval);
  if (!check_values_agree())
    return false;
  std::map<char, std::int64_t> counts;
  for (char who : letters()) {
    counts[who] = value_of(values_[who].count)->count_of(at(who).name());
    write(who, "late");
  }
  run_for(milliseconds{500});
  for (char who : letters())
    for (char writer : letters()) {
      ++figures.checks;
      const auto& mine = values_[who];
      const auto what = std::string{" by "} + writer + " did not reach " + who;
      if (value_of(mine.count)->count_of(at(writer).name())
          != counts[writer] + 1)
        return fail("an increment" + what);
      const auto map = value_of(mine.map);
      const auto* entry = map->find(std::string(1, writer));
      if (!entry || entry->value.view().as_text() != "late")
        return fail("an entry" + what);
      if (!value_of(mine.set)->contains(std::string{writer} + "late"))
        return fail("an element" + what);
    }
  return check_values_agree();
}

// Checks that nodes send only periodic gossip and log nothing. Skipped if a
// connection between honest nodes was replaced: the node that dialled the old
// one keeps dialling. See random_walk::check_broadcasts.
bool lying_walk::check_quiet() {
  run_for(time_to_rest);
  if (figures.replacements > 0)
    return true;
  ++figures.checks;
  if (running() > actors_)
    return fail(std::to_string(running()) + " actors, before the liar came "
                + std::to_string(actors_));
  const auto versions = at('a').description().peers;
  const auto lines = log_sizes();
  std::map<char, std::pair<std::size_t, std::size_t>> before;
  for (char who : letters())
    before[who] = received(who);
  run_for(quiet_intervals * gossip_interval);
  for (char who : letters()) {
    ++figures.checks;
    const auto [broadcasts, gossips] = received(who);
    if (broadcasts != before[who].first)
      return fail(std::string{who} + " still gets broadcasts");
    const auto expected =
      at(who).degree() * channels.size() * (quiet_intervals + 1);
    if (gossips - before[who].second > expected)
      return fail(std::string{who} + " still gets gossip: "
                  + std::to_string(gossips - before[who].second)
                  + " messages, expected at most " + std::to_string(expected));
  }
  const auto after = at('a').description().peers;
  for (std::size_t i = 0; i < after.size(); ++i)
    if (!(after[i].peer == versions[i].peer))
      return fail("a record still changes");
  const auto lines_after = log_sizes();
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines_after[i] != lines[i])
      return fail("something is still logged, at last "
                  + at(letters()[i]).log().last());
  return true;
}

bool lying_walk::check_broadcasts() {
  for (char who : letters())
    at(who).broadcast("chan", std::string{"calm"} + who);
  run_for(milliseconds{100});
  figures.checks += size_ * size_;
  const auto all = letters();
  return std::all_of(all.begin(), all.end(), [this](char from) {
    return came_once(from, std::string{"calm"} + from, expected_topology());
  });
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

std::string lying_walk::expected_topology() const {
  std::string result;
  for (auto [x, y] : links_)
    result += (result.empty() ? "" : " ") + std::string{x, '>', y};
  return result;
}

std::size_t lying_walk::honest_bytes() {
  std::size_t result = 0;
  for (auto [x, y] : links_)
    result += net().bytes_between(at(x).host(), at(y).host());
  return result;
}

std::vector<std::size_t> lying_walk::log_sizes() {
  std::vector<std::size_t> result;
  for (char who : letters())
    result.push_back(at(who).log().size());
  return result;
}

/// @returns the numbers of broadcasts and of gossip messages that the node has
///          received
std::pair<std::size_t, std::size_t> lying_walk::received(char who) {
  std::pair<std::size_t, std::size_t> result;
  for (const auto& name : channels) {
    const auto x = at(who).figures(name);
    result.first += x.broadcasts_received;
    result.second += x.gossips_received;
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
  lines = std::max(lines, x.lines);
  replacements += x.replacements;
  looped += x.looped;
  recovery = std::max(recovery, x.recovery);
}

} // namespace cafmesh::test
