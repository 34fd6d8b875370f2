#include "tests/scenarios/lying_actors.hpp"

#include <algorithm>
#include <utility>

#include <caf/send.hpp>

#include "actors/caf_version/lifetime.hpp"
#include "actors/directory/directory.hpp"
#include "tests/support/heap.hpp"
#include "tests/support/recorder.hpp"

namespace cafmesh::test {

namespace {

constexpr char liar_letter = 's';
constexpr char slow_letter = 't';
const auto actors_channel = "cafmesh/actors";
constexpr auto liar_uid = peer_uid{4711};

peer_name named(char x) {
  return peer_name::from_number(static_cast<std::uint64_t>(x));
}

/// An `adder` that ignores the exit messages of actors that others have linked
/// to it. Only `user_shutdown` ends it.
caf::behavior sturdy_adder(caf::event_based_actor* self) {
  caf_version::on_exit(self, [self](caf::error why) {
    if (why == caf::exit_reason::user_shutdown)
      self->quit(std::move(why));
  });
  return adder(self);
}

} // namespace

lying_actors::lying_actors(std::uint64_t seed)
    : rng_(seed), forges_records_(seed % 3 == 0) {
  letters_ = std::string{"abcd"}.substr(0, 2 + below(3));
  build();
}

lying_actors::~lying_actors() {
  liar_.clear();
  slow_.reset();
  run();
}

void lying_actors::build() {
  net().set_capacity(4096); // so that data waits for the slow neighbour
  for (char x : letters_) {
    add(x);
    names_[x] = at(x).spawn_names();
    run();
  }
  for (std::size_t i = 1; i < letters_.size(); ++i)
    connect(letters_[i], letters_[below(i)]);
  run_for(seconds{3});
  std::vector<actor_home> homes;
  std::vector<std::uint64_t> victims;
  for (char x : letters_) {
    adders_[x] = at(x).spawn(sturdy_adder);
    ask_later<void>(at(x).system(), names_[x],
                    publication(at(x).system(), "adder", adders_[x]));
    homes.push_back(at(x).home);
    victims.push_back(adders_[x].id());
  }
  run_for(seconds{1});
  for (char x : letters_)
    for (char y : letters_)
      if (x != y) {
        auto handle = at(x).handle_of(adders_[y]);
        uses_.push_back({x, y, handle, at(x).monitor(handle)});
      }
  run_for(milliseconds{100});
  lies_ = std::make_unique<actor_lies>(
    rng_(), homes, victims,
    actor_home{named(liar_letter), liar_uid,
               *caf::make_node_id(7, std::string(40, 'B'))});
}

std::string lying_actors::run_schedule() {
  figures.schedules = 1;
  if (!check_names() || !check_use())
    return "before the liar came: " + wrong_;
  actors_before_ = running();
  heap_before_ = allocated();
  stranger::options as;
  as.letter = slow_letter;
  slow_ = std::make_unique<stranger>(
    [this] { run(); }, net(), host_of(letters_[below(letters_.size())]), as);
  slow_->introduce();
  for (auto left = 10 + below(20); left > 0; --left)
    if (!act())
      return wrong_;
  slow_reads_ = true;
  for (int i = 0; i < 15; ++i) {
    listen();
    run_for(seconds{1});
  }
  story += "the liar leaves\n";
  liar_.clear();
  run_for(seconds{40});
  if (check_names() && check_handles())
    check_quiet();
  return wrong_;
}

bool lying_actors::act() {
  const auto before = count_all();
  const char to = letters_[below(letters_.size())];
  if (!liar_[to] || liar_[to]->is_closed())
    connect_liar(to);
  ++figures.acts;
  const auto what = below(forges_records_ ? 10 : 9);
  story += std::to_string(what) + " to " + to + "\n";
  for (auto left = 1 + below(what == 0 ? 300 : 20); left > 0; --left)
    if (what < 4)
      talk_of_names(to);
    else if (what < 8)
      talk_to_actors(to);
    else if (what == 9)
      talk_of_lives(to);
  if (what == 8)
    toggle_slow_neighbour();
  liar_[to]->talk();
  answer_packets();
  run_for(milliseconds{below(1500)});
  listen();
  return check_work(before) && check_waiting()
         && (forges_records_ || check_use());
}

// The liar's own record and document are true, so nodes talk to its actors.
void lying_actors::connect_liar(char to) {
  stranger::options as;
  as.letter = liar_letter;
  as.uid = liar_uid;
  as.connection_half = rng_() >> 8;
  auto& x = liar_[to];
  x.reset();
  run();
  x = std::make_unique<stranger>([this] { run(); }, net(), host_of(to), as);
  x->introduce();
  story += std::string{"the liar connects to "} + to + "\n";
  // The record names no connections, so that no path leads through the liar,
  // which relays nothing.
  const peer_record own{
    {named(liar_letter), "s", liar_uid, ++own_version_, std::nullopt}, {}};
  x->send_topology({own});
  tell(to, wire::message_tag::broadcast, names_channel, lies_->own_document(),
       named(liar_letter), {});
  told_ += 1000;
}

void lying_actors::tell(char to, wire::message_tag tag,
                        const std::string& channel, const bytes& data,
                        peer_name source, peer_name destination) {
  outgoing x;
  x.tag = tag;
  x.source = source;
  x.destination = tag == wire::message_tag::unicast ? destination : peer_name{};
  x.data = text_payload(byte_view{data}.as_text());
  liar_[to]->queue(x, channel);
  told_ += data.size() + 64;
  ++messages_;
}

void lying_actors::talk_of_names(char to) {
  using tag = wire::message_tag;
  const tag tags[] = {tag::unicast, tag::gossip, tag::broadcast};
  const auto source =
    lies_->chance(3) ? lies_->any_home().peer : named(liar_letter);
  tell(to, tags[below(3)], names_channel, lies_->names_message(), source,
       lies_->any_home().peer);
}

void lying_actors::talk_to_actors(char to) {
  const char whom = letters_[below(letters_.size())];
  const auto source =
    lies_->chance(5) ? lies_->any_home().peer : named(liar_letter);
  const auto& home = at(whom).home;
  const auto token = tokens_.find(whom);
  tell(to, wire::message_tag::unicast, actors_channel,
       token == tokens_.end()
         ? lies_->hello(home)
         : lies_->packet_to(home, token->second, at(whom).system()),
       source, home.peer);
}

void lying_actors::talk_of_lives(char to) {
  liar_[to]->send_topology({lies_->other_life()});
  told_ += 200;
  ++messages_;
}

// Keeps up sessions with honest nodes as an honest node would.
void lying_actors::answer_packets() {
  for (auto& [to, x] : liar_) {
    const auto all = x->messages();
    x->forget_messages();
    for (const auto& m : all) {
      if (m.channel != actors_channel)
        continue;
      const auto packet = remote::read_packet(text_payload(m.data));
      const auto letter = static_cast<char>(m.source.number());
      if (!packet || letters_.find(letter) == std::string::npos)
        continue;
      const auto& home = at(letter).home;
      figures.sessions += tokens_.count(letter) == 0 ? 1 : 0;
      tokens_[letter] = packet->head.from_token;
      if (packet->head.kind == remote::packet_kind::hello)
        tell(to, wire::message_tag::unicast, actors_channel,
             lies_->welcome(home, packet->head.from_token), named(liar_letter),
             home.peer);
    }
    if (!x->is_closed())
      x->talk();
  }
}

void lying_actors::toggle_slow_neighbour() {
  slow_reads_ = !slow_reads_;
  story += slow_reads_ ? "the slow neighbour reads\n"
                       : "the slow neighbour stops reading\n";
}

void lying_actors::listen() {
  for (auto& [to, x] : liar_)
    if (!x->is_closed()) {
      x->queue_heartbeat();
      x->talk();
    }
  answer_packets();
  slow_->queue_heartbeat();
  if (slow_reads_)
    slow_->talk();
  else
    slow_->push();
  slow_->forget_messages();
}

void actor_lie_figures::add(const actor_lie_figures& x) {
  schedules += x.schedules;
  acts += x.acts;
  sessions += x.sessions;
  turns = std::max(turns, x.turns);
  bytes = std::max(bytes, x.bytes);
  to_liar = std::max(to_liar, x.to_liar);
  lines = std::max(lines, x.lines);
  waiting = std::max(waiting, x.waiting);
  heap = std::max(heap, x.heap);
  actors = std::max(actors, x.actors);
  slowest = std::max(slowest, x.slowest);
  quiet = std::max(quiet, x.quiet);
}

} // namespace cafmesh::test
