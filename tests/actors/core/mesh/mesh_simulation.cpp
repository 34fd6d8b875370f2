#include "tests/actors/core/mesh/mesh_simulation.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "messages/wire/topology_digest.hpp"

namespace cafmesh::test {

namespace {

constexpr duration tick = 10ms;
constexpr duration gossip_interval = 5s;

peer_uid uid_of(unsigned peer) {
  return peer_uid{peer * 100};
}

} // namespace

mesh_simulation::mesh_simulation(std::uint64_t seed, unsigned peers,
                                 const std::set<unsigned>& hasty,
                                 const record_limits::totals& limits)
    : rng_(seed) {
  for (unsigned i = 1; i <= peers; ++i) {
    mesh_model_options options;
    options.seed = rng_();
    options.limits = limits;
    options.digests = true;
    local_identity self{name_of(i), "peer", uid_of(i),
                        static_cast<short_id>(i)};
    auto lines = std::make_shared<std::size_t>(0);
    models_.push_back({mesh_model{self, options},
                       hasty.count(i) != 0,
                       {},
                       now_ + gossip_interval * (i + 1) / (peers + 1),
                       std::chrono::milliseconds{below(2000)},
                       lines,
                       mesh_log{self.name, [lines](bool, const std::string&) {
                                  ++*lines;
                                }}});
  }
  set_dates();
}

// The clocks of peers differ by up to two seconds.
void mesh_simulation::set_dates() {
  for (auto& x : models_)
    x.model.set_date(today() - x.clock_is_late);
}

wall_time mesh_simulation::today() const {
  return date
         + std::chrono::duration_cast<wall_time::duration>(
           now_.time_since_epoch());
}

void mesh_simulation::connect(unsigned x, unsigned y) {
  if (x == y || at(x).links.count(y) != 0)
    return;
  auto id = static_cast<connection_id>(++last_id_);
  add(x, y, id);
  add(y, x, id);
}

void mesh_simulation::connect_liar(unsigned liar, unsigned to) {
  if (at(to).links.count(liar) == 0)
    add(to, liar, static_cast<connection_id>(++last_id_));
}

void mesh_simulation::add(unsigned peer, unsigned remote, connection_id id) {
  auto offer = view::offer(remote, 1);
  offer.id = id;
  offer.uid = static_cast<connection_uid>(id);
  offer.remote.digests = compare_digests(peer, remote);
  mesh_model_effects effects;
  auto& x = at(peer);
  auto admitted = x.model.add_connection(offer, now_, effects);
  if (!admitted)
    return;
  x.links[remote] = id;
  x.model.establish_connection(id, now_, effects);
  if (!admitted->compare_later
      && (!compare_digests(peer, remote) || peer < remote))
    send_everything(peer, remote);
  after(peer, effects);
}

void mesh_simulation::disconnect(unsigned x, unsigned y) {
  remove(x, y);
  remove(y, x);
}

void mesh_simulation::disconnect_liar(unsigned liar, unsigned from) {
  remove(from, liar);
}

void mesh_simulation::remove(unsigned peer, unsigned remote) {
  auto& x = at(peer);
  auto link = x.links.find(remote);
  if (link == x.links.end())
    return;
  auto id = link->second;
  x.links.erase(link);
  mesh_model_effects effects;
  x.model.remove_connection(id, now_, effects);
  after(peer, effects);
}

void mesh_simulation::say(unsigned liar, unsigned to,
                          const std::vector<peer_record>& lies) {
  if (at(to).links.count(liar) != 0)
    arrive({liar, to, update_of(lies)});
}

void mesh_simulation::arrive(const message& x) {
  auto& receiver = at(x.to);
  auto link = receiver.links.find(x.from);
  if (link == receiver.links.end())
    return;
  if (wire::kind_of_topology_message(byte_view{x.update})
      != wire::topology_message::update)
    return answer(x);
  mesh_model_effects effects;
  auto applied = receiver.model.apply_update(x.update, now_, effects,
                                             {false, true}, name_of(x.from));
  if (!applied) // a real connection would close
    return remove(x.to, x.from);
  if (receiver.hasty)
    receiver.model.tick(now_ + 1h, effects);
  flood(x.to, applied->news, x.from);
  after(x.to, effects);
}

void mesh_simulation::answer(const message& x) {
  auto found = at(x.to).model.compare(byte_view{x.update});
  BOOST_TEST_REQUIRE(bool{found});
  digest_messages reply;
  if (!found->reply.empty())
    reply.replies.push_back(found->reply);
  if (auto records = at(x.to).model.records_in(found->missing))
    send(x.to, x.from, std::make_shared<peer_records>(*records, reply));
  else if (!reply.empty())
    send(x.to, x.from, peer_records::only(reply));
}

void mesh_simulation::send(unsigned from, unsigned to,
                           const gossip_data_ptr& data) {
  if (to > size())
    return; // a liar ignores updates
  auto& last = last_arrival_[{from, to}];
  last = std::max(last, now_ + std::chrono::milliseconds{1 + below(60)});
  for (auto& update : data->encode())
    under_way_.emplace(last, message{from, to, update.view().to_bytes()});
}

void mesh_simulation::flood(unsigned from, const gossip_data_ptr& data,
                            unsigned except) {
  if (!data)
    return;
  for (auto& [neighbour, id] : at(from).links)
    if (neighbour != except) {
      ++sent;
      send(from, neighbour, data);
    }
}

void mesh_simulation::after(unsigned peer, mesh_model_effects& effects) {
  impersonations += effects.impersonated ? 1 : 0;
  log(at(peer).log, effects);
  flood(peer, at(peer).model.take_announcement(now_), 0);
}

void mesh_simulation::log(mesh_log& to,
                          const mesh_model_effects& effects) const {
  for (const auto& x : effects.joined)
    to.peer(x, "is known now", now_);
  for (const auto& x : effects.restarted)
    to.peer(x.second, "has restarted", now_);
  for (const auto& x : effects.left)
    to.peer(x, "is out of reach, forgotten", now_);
  if (effects.impersonated)
    to.impersonated(now_);
  if (effects.is_our_clock_late)
    to.clock_is_late(now_);
  if (effects.refused_records > 0)
    to.refused_records(effects.refused_records, now_);
}

std::size_t mesh_simulation::most_lines() const {
  std::size_t result = 0;
  for (const auto& x : models_)
    result = std::max(result, *x.lines);
  return result;
}

void mesh_simulation::send_gathered(unsigned peer) {
  auto number_of = [](peer_name x) {
    return static_cast<unsigned>(x.number());
  };
  for (auto& x : at(peer).model.take_gathered(now_))
    for (auto neighbour : x.neighbours) {
      ++sent;
      ++gathered;
      send(peer, number_of(neighbour), x.records);
    }
  if (auto neighbour = at(peer).model.take_to_compare(now_))
    send_everything(peer, number_of(*neighbour));
}

void mesh_simulation::send_everything(unsigned from, unsigned to) {
  if (compare_digests(from, to))
    send(from, to, at(from).model.digest());
  else if (auto everything = at(from).model.complete())
    send(from, to, everything);
}

void mesh_simulation::step() {
  now_ += tick;
  set_dates();
  while (!under_way_.empty() && under_way_.begin()->first <= now_) {
    auto next = under_way_.extract(under_way_.begin());
    arrive(next.mapped());
  }
  for (unsigned i = 1; i <= size(); ++i) {
    auto& x = at(i);
    mesh_model_effects effects;
    x.model.tick(now_, effects);
    after(i, effects);
    send_gathered(i);
    if (x.next_gossip <= now_ && gossips_ && !x.links.empty()) {
      x.next_gossip = now_ + gossip_interval;
      auto to = x.links.begin();
      std::advance(to, below(x.links.size()));
      send_everything(i, to->first);
    }
  }
}

void mesh_simulation::run_for(duration time) {
  for (auto end = now_ + time; now_ < end;)
    step();
}

std::string mesh_simulation::disagreement() {
  auto views = [this](unsigned peer) {
    return model(peer).records();
  };
  auto first = views(1);
  for (unsigned i = 1; i <= size(); ++i) {
    auto who = std::to_string(i);
    if (!same(views(i), first))
      return "the views of 1 and " + who + " differ";
    if (first.size() != size())
      return "1 knows " + std::to_string(first.size()) + " peers";
    auto& mine = first[i - 1];
    if (mine.peer.name != name_of(i))
      return "1 does not know " + who;
    std::set<peer_name> remotes;
    for (auto& x : mine.connections)
      remotes.insert(x.remote);
    std::set<peer_name> expected;
    for (auto& [neighbour, id] : at(i).links)
      expected.insert(name_of(neighbour));
    if (remotes != expected)
      return "the record of " + who + " is not its own";
  }
  return {};
}

} // namespace cafmesh::test
