#include "tests/scenarios/liar.hpp"

#include <algorithm>

#include "messages/wire/topology_digest.hpp"
#include "tests/support/encoded_records.hpp"

namespace cafmesh::test {

namespace {

const std::string its_other_host = "10.0.1.1";
constexpr std::size_t nickname_limit = 1024;
constexpr std::size_t flood_size = 1500; // digests or outlines in one act

} // namespace

liar::liar(mesh& world, std::string honest, std::uint64_t seed)
    : world_(world), honest_(honest), told_(seed, std::move(honest), letter) {
  for (char x : honest_)
    if (!told_.chance(3) || x == 'a')
      connect(x);
}

void liar::act() {
  using method = void (liar::*)();
  struct choice {
    const char* what;
    method how;
    std::size_t weight;
  };
  static constexpr choice choices[] = {
    {"forges records", &liar::forge_records, 6},
    {"makes up peers", &liar::make_up_peers, 2},
    {"floods", &liar::flood, 1},
    {"says junk", &liar::say_junk, 3},
    {"forges values", &liar::forge_values, 4},
    {"asks as another", &liar::ask_as_another, 2},
    {"speaks as another", &liar::speak_as_another, 3},
    {"names channels", &liar::name_channels, 1},
    {"makes unicasts go round", &liar::spin_unicasts, 2},
    {"makes broadcasts go round", &liar::spin_broadcasts, 2},
    {"sends digests", &liar::send_digests, 4},
    {"sends outlines", &liar::send_outlines, 4},
    {"floods with digests", &liar::flood_digests, 1},
    {"floods with outlines", &liar::flood_outlines, 1},
    {"poses as another", &liar::pose_as_another, 1},
    {"comes and goes", &liar::come_and_go, 2},
    {"stops reading, or reads again", &liar::toggle_reading, 2},
  };
  std::size_t total = 0;
  for (const auto& x : choices)
    total += x.weight;
  auto drawn = told_.below(total);
  for (const auto& x : choices) {
    if (drawn < x.weight) {
      what_ = x.what;
      (this->*x.how)();
      return push_all();
    }
    drawn -= x.weight;
  }
}

void liar::listen() {
  for (auto& [to, x] : connections_) {
    x->queue_heartbeat();
    converse(*x);
    x->forget_messages();
  }
  if (poser_)
    poser_->talk();
}

void liar::leave() {
  connections_.clear();
  poser_.reset();
  world_.run();
}

// -- acts

void liar::forge_records() {
  auto* to = any_connection();
  if (!to)
    return;
  const auto known = world_.at(told_.honest_letter()).description();
  std::vector<peer_record> records;
  for (auto left = 1 + told_.below(4); left > 0; --left)
    records.push_back(told_.record(known));
  queue_records(*to, records);
}

void liar::make_up_peers() {
  announce_phantoms(1, 10, [this] { return told_.below(20); });
}

void liar::flood() {
  announce_phantoms(250, 250, [] { return nickname_limit / 4; });
}

void liar::say_junk() {
  const tag tags[] = {tag::gossip, tag::unicast, tag::broadcast};
  for (auto left = 1 + told_.below(20); left > 0; --left)
    if (auto* to = any_connection())
      queue(*to, tags[told_.below(3)], any_channel(), told_.junk(40),
            told_.chance(2) ? named(letter) : told_.anybody(), told_.anybody());
}

void liar::forge_values() {
  const std::string channels[] = {"count", "map", "set"};
  for (auto left = 1 + told_.below(5); left > 0; --left)
    if (auto* to = any_connection()) {
      const auto& channel = channels[told_.below(3)];
      auto change = told_.change_of(channel, life_of(told_.honest_letter()));
      queue(*to, told_.chance(2) ? tag::gossip : tag::broadcast, channel,
            change, told_.chance(2) ? named(letter) : told_.anybody());
    }
}

void liar::ask_as_another() {
  const std::string channels[] = {"count", "map", "set"};
  for (auto left = 1 + told_.below(30); left > 0; --left)
    if (auto* to = any_connection()) {
      const auto& channel = channels[told_.below(3)];
      outlines_ += channel == "map" ? 1 : 0;
      queue(*to, tag::unicast, channel, told_.question_to(channel),
            named(told_.honest_letter()), named(told_.honest_letter()));
    }
}

void liar::speak_as_another() {
  for (auto left = 1 + told_.below(20); left > 0; --left)
    if (auto* to = any_connection()) {
      const auto word = "lie" + std::to_string(told_.below(1000)) + " ";
      queue(*to, told_.chance(2) ? tag::unicast : tag::broadcast, "chan",
            byte_view{word}, told_.anybody(), told_.anybody());
    }
}

void liar::name_channels() {
  for (auto left = 1 + told_.below(30); left > 0; --left)
    if (auto* to = any_connection()) {
      const auto channel = "made up " + std::to_string(told_.below(10'000));
      queue(*to, told_.chance(2) ? tag::gossip : tag::broadcast, channel,
            told_.junk(20), named(letter));
    }
}

// Most digests are sent as gossip, because a digest in a unicast or broadcast
// means nothing.
void liar::send_digests() {
  const tag tags[] = {tag::gossip, tag::gossip,  tag::gossip,
                      tag::gossip, tag::unicast, tag::broadcast};
  for (auto left = 1 + told_.below(5); left > 0; --left)
    if (auto* to = any_connection())
      queue_digest(*to, tags[told_.below(6)], byte_view{told_.wrong_digest()});
}

void liar::send_outlines() {
  const tag tags[] = {tag::gossip, tag::gossip, tag::unicast, tag::unicast,
                      tag::broadcast};
  for (auto left = 1 + told_.below(5); left > 0; --left)
    if (auto* to = any_connection())
      queue_outline(*to, tags[told_.below(5)],
                    byte_view{told_.wrong_outline("map")},
                    told_.honest_letter());
}

void liar::flood_digests() {
  const auto wish =
    wire::outline_message(byte_view{lies::wish(told_.anybody())});
  auto* to = any_connection();
  if (!to)
    return;
  for (auto left = flood_size; left > 0; --left) {
    queue_digest(*to, tag::gossip, wish.view());
    // The node merges answers that wait to be sent. To get separate answers,
    // the liar sends 15 digests at a time and, unless it has stopped reading,
    // reads the answers in between.
    if (left % 15 == 0)
      push_all();
  }
}

// All these outlines ask one node to answer the same peer, which may be an
// honest one.
void liar::flood_outlines() {
  const auto who = told_.honest_letter();
  const auto wish = lies::wish(told_.anybody());
  if (auto* to = connection_to(who))
    for (auto left = flood_size; left > 0; --left)
      queue_outline(*to, told_.chance(2) ? tag::gossip : tag::unicast,
                    byte_view{wish}, who);
}

// Dials under the name of an honest peer, but from a different host. The UID
// may be that peer's own, because everybody can see it in the peer's record.
void liar::pose_as_another() {
  poser_.reset();
  world_.run();
  stranger::options as;
  as.letter = told_.honest_letter();
  as.host = its_other_host;
  as.uid = told_.chance(2) ? life_of(as.letter) : told_.any_uid();
  as.connection_half = told_.below(SIZE_MAX);
  const auto to = told_.honest_letter();
  ++dials_;
  what_ += std::string{", as "} + as.letter + " to " + to;
  poser_ = std::make_unique<stranger>(world_, world_.at(to), as);
  poser_->introduce();
}

void liar::come_and_go() {
  const auto who = told_.honest_letter();
  if (connections_.erase(who) == 0)
    connect(who);
  world_.run();
}

void liar::toggle_reading() {
  reads_ = !reads_;
}

// -- helpers

void liar::converse(stranger& x) {
  if (reads_)
    x.talk();
  else
    x.push();
}

/// Announces made-up peers as neighbours of the liar. Their number is at least
/// `fewest` and less than `fewest + more`.
void liar::announce_phantoms(
  std::size_t fewest, std::size_t more,
  const std::function<std::size_t()>& nickname_size) {
  auto* to = any_connection();
  if (!to)
    return;
  std::vector<peer_record> records;
  std::set<peer_name> names;
  for (char x : reachable_letters())
    names.insert(named(x));
  for (auto left = fewest + told_.below(more); left > 0; --left) {
    records.push_back(told_.new_phantom(nickname_size()));
    names.insert(records.back().peer.name);
  }
  records.push_back(told_.own_record(names));
  queue_records(*to, records);
}

void liar::queue_digest(stranger& to, tag what, byte_view data) {
  ++digests_;
  queue(to, what, "topology", data,
        told_.chance(4) ? told_.anybody() : named(letter), told_.anybody());
}

void liar::queue_outline(stranger& to, tag what, byte_view data,
                         char destination) {
  ++outlines_;
  queue(to, what, "map", data,
        told_.chance(4) ? told_.anybody() : named(letter), named(destination));
}

std::string liar::host() {
  return "10.0.0." + std::to_string(int{letter});
}

void liar::connect(char to) {
  stranger::options as;
  as.letter = letter;
  as.connection_half = told_.below(SIZE_MAX);
  as.digests = !told_.chance(3);
  ++dials_;
  auto x = std::make_unique<stranger>(world_, world_.at(to), as);
  x->introduce();
  connections_[to] = std::move(x);
}

/// Returns the connection to a random honest node, and dials the node if there
/// is none yet. Returns null if the node closes the new connection immediately.
stranger* liar::any_connection() {
  return connection_to(told_.honest_letter());
}

stranger* liar::connection_to(char who) {
  auto i = connections_.find(who);
  if (i == connections_.end() || i->second->is_closed()) {
    connections_.erase(who);
    world_.run();
    connect(who);
  }
  auto& x = connections_[who];
  return x->is_closed() ? nullptr : x.get();
}

std::string liar::reachable_letters() const {
  std::string result;
  for (const auto& [to, x] : connections_)
    if (!x->is_closed())
      result += to;
  return result;
}

void liar::queue(stranger& to, tag what, const std::string& channel,
                 byte_view data, peer_name source, peer_name destination) {
  outgoing x;
  x.tag = what;
  x.source = source;
  x.destination = what == tag::unicast ? destination : peer_name{};
  x.data = text_payload(data.as_text());
  to.queue(x, channel);
  ++messages_;
  bytes_ += data.size();
}

void liar::queue_records(stranger& to, const std::vector<peer_record>& xs) {
  auto update = wire::topology_definitions().to_bytes();
  for (const auto& x : xs)
    append_peer_record(update, x);
  queue(to, told_.chance(3) ? tag::broadcast : tag::gossip, "topology", update,
        told_.chance(3) ? told_.anybody() : named(letter));
}

void liar::push_all() {
  for (auto& [to, x] : connections_)
    x->put();
  for (auto& [to, x] : connections_)
    converse(*x);
}

peer_name liar::named(char x) const {
  return peer_name::from_number(static_cast<std::uint64_t>(x));
}

std::string liar::any_channel() {
  const std::string channels[] = {"chan", "count", "map", "set", "topology"};
  return channels[told_.below(5)];
}

peer_uid liar::life_of(char who) {
  return world_.at(who).record_of(world_.at(who)).peer.uid;
}

} // namespace cafmesh::test
