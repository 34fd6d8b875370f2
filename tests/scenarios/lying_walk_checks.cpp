#include "tests/scenarios/lying_walk.hpp"

#include <algorithm>

#include <caf/deep_to_string.hpp>

#include <cafmesh/inspection.hpp>

namespace cafmesh::test {

namespace {

// The mesh rests for this time before the test checks that it is quiet. By its
// end, unused channels have ended, after three gossip intervals, and acceptors
// have logged the connections of the last minute.
constexpr auto time_to_rest = seconds{70};
constexpr auto quiet_intervals = 6u;

// Most actors that a liar adds belong to surrogate channels. It names up to 30
// of these in one act, and they end after three gossip intervals.
constexpr std::size_t most_actors_per_node = 400;

} // namespace

bool lying_walk::check_honest_links() {
  for (const auto& which : links_) {
    ++figures.checks;
    const auto removed =
      std::string{"removed "} + which.second + " " + honest_ids_[which] + " ";
    for (const auto& line : values_[which.first].events->lines)
      if (line.rfind(removed, 0) == 0)
        return fail(std::string{which.first}
                    + " lost an honest neighbour: " + line);
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
  waits_ = 0;
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
      waits_ += x.waiting_bytes;
      if (x.waiting_bytes > 1024 * 1024)
        return fail(std::string{who} + " keeps "
                    + std::to_string(x.waiting_bytes) + " bytes for "
                    + x.nickname);
    }
  }
  const auto actors = running() - std::min(running(), actors_);
  figures.actors = std::max(figures.actors, actors);
  if (actors > most_actors_per_node * size_)
    return fail(std::to_string(actors) + " more actors than without the liar");
  return true;
}

bool lying_walk::check_work(const amounts& before,
                            const std::vector<std::size_t>& lines) {
  ++figures.checks;
  auto act = count_all();
  act.told -= before.told;
  act.said -= before.said;
  act.digests -= before.digests;
  act.outlines -= before.outlines;
  act.turns -= before.turns;
  act.between -= before.between;
  act.to_liar -= before.to_liar;
  figures.turns = std::max(figures.turns, act.turns);
  const auto pairs = size_ * (size_ - 1);
  if (act.turns > 4000 + 1000 * pairs + 20 * pairs * act.said)
    return fail(std::to_string(act.turns) + " turns after one act");
  if (!check_bytes(act))
    return false;
  const auto now = log_sizes();
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto written = now[i] - lines[i];
    figures.lines = std::max(figures.lines, written);
    if (written > 250)
      return fail(std::to_string(written) + " lines of log after one act");
  }
  return true;
}

// Checks how many bytes an act has caused. The limit is the sum of these:
// - 50,000 bytes for periodic gossip
// - for each connection, four times what the liar sent in this act and the
//   previous one, because nodes pass some records on only after a second
// - for each connection, twice all that the liar has ever sent, because a new
//   neighbour gets the whole state
// - for each node, the map once, because the liar may be a new neighbour
// - what waited for the liar before it started to read again
// - answers to digests and outlines, within the limits of digest_exchange and
//   answer_limits
bool lying_walk::check_bytes(const amounts& act) {
  constexpr std::size_t most_of_values = 2'200'000;
  figures.bytes = std::max(figures.bytes, act.between);
  figures.answered = std::max(figures.answered, act.to_liar);
  const auto pairs = size_ * (size_ - 1);
  const auto lately = act.told + std::exchange(told_last_, act.told);
  const auto ever = liar_->bytes_sent();
  const auto each = 4 * lately + 2 * ever;
  const auto digests =
    std::min<std::size_t>(act.digests, 2) * (64 * 1024 + ever);
  const auto outlines =
    std::min(act.outlines * (map_size_ + 1024), most_of_values);
  const auto about = " bytes after one act, " + std::to_string(act.told)
                     + " of " + std::to_string(lately) + " told";
  if (act.between > 50'000 + pairs * each + (size_ - 1) * outlines)
    return fail(std::to_string(act.between) + about);
  if (act.to_liar
      > size_ * (50'000 + each + map_size_) + digests + outlines + waits_)
    return fail("the liar was sent " + std::to_string(act.to_liar) + about);
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
  // A record may still be on its way although each node sees who is connected
  // to whom.
  const auto took =
    wait_until([this] { return agree() && difference_of_views().empty(); },
               expected_topology(), time_to_agree, milliseconds{250});
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

// Checks that large numbers in forged values do not keep any node from writing.
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

// Checks that nodes send only periodic gossip and log nothing.
bool lying_walk::check_quiet() {
  run_for(time_to_rest);
  ++figures.checks;
  if (running() > actors_)
    return fail(std::to_string(running()) + " actors, before the liar came "
                + std::to_string(actors_));
  const auto versions = at('a').description().peers;
  const auto lines = log_sizes();
  std::map<char, arrivals> before;
  for (char who : letters())
    before[who] = received(who);
  run_for(quiet_intervals * gossip_interval);
  for (char who : letters()) {
    ++figures.checks;
    const auto [broadcasts, gossips, unicasts] = received(who);
    if (broadcasts != before[who].broadcasts)
      return fail(std::string{who} + " still gets broadcasts");
    if (unicasts != before[who].unicasts)
      return fail(std::string{who} + " still gets unicasts");
    const auto expected =
      at(who).degree() * channels.size() * (quiet_intervals + 1);
    if (gossips - before[who].gossips > expected)
      return fail(std::string{who} + " still gets gossip: "
                  + std::to_string(gossips - before[who].gossips)
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

} // namespace cafmesh::test
