#include "actors/remote/carrier.hpp"

#include <utility>

#include <caf/make_actor.hpp>
#include <caf/sec.hpp>

#include "actors/caf_version/local_unit.hpp"
#include "actors/core/remote/outgoing_half.hpp"
#include "actors/remote/data_label.hpp"
#include "actors/remote/node_keys.hpp"
#include "actors/remote/unprocessed_costs.hpp"
#include "crypto/keys/keyed_digest.hpp"
#include "messages/wire/byte_stream.hpp"
#include <cafmesh/errc.hpp>

// The proxies of remote actors, and the encoding of the messages that are sent
// to them.
namespace cafmesh {

namespace {

// The memory in bytes that is reserved for a message at first; enough for most.
// The postman's thread may free it, and glibc takes no lock to free so little.
constexpr std::size_t usual_size = 120;

} // namespace

carrier::carrier(caf::actor_system& system, const actor_settings& config,
                 std::uint64_t key)
    : system_(system), config_(config), key_(key),
      all_answers_(unprocessed_costs::limit_of_answers(config)),
      exported_(std::make_shared<exports>(
        system, config.handle_grace,
        [postman = postman_](caf::actor_id id, caf::error why) {
          postman->tell(export_ended{id, std::move(why)});
        })),
      dropped_([postman = postman_] { postman->tell(messages_dropped{}); }) {
  handles_.find_remote = [this](const caf::node_id& node, caf::actor_id id) {
    return has_key(node) ? handle_of(node, id) : nullptr;
  };
  handles_.has_room = [this](const caf::node_id& node, caf::actor_id id) {
    std::lock_guard<std::mutex> guard{mutex_};
    return has_room_for(node, id);
  };
  handles_.may_address = [this](caf::actor_id id) {
    return exported_->contains(id);
  };
}

// -- actor_carrier

bool carrier::publish(const caf::strong_actor_ptr& local) {
  return exported_->publish(local);
}

void carrier::withdraw(caf::actor_id local) {
  exported_->withdraw(local);
}

void carrier::protect(caf::actor_id local) {
  exported_->protect(local);
}

caf::strong_actor_ptr carrier::handle_of(const caf::node_id& node,
                                         caf::actor_id id) {
  if (node == system_.node())
    return exported_->get(id);
  // Destroyed after the lock guard, because releasing the last reference to a
  // proxy calls `proxy_freed`, which takes the lock.
  caf::strong_actor_ptr known;
  caf::strong_actor_ptr result;
  outbox_ptr box;
  caf::error closed;
  {
    std::lock_guard<std::mutex> guard{mutex_};
    known = find_locked(node, id);
    if (known && !proxy_of(known).has_ended())
      return known;
    if (!has_room_for(node, id))
      return nullptr;
    auto& entry = nodes_[node];
    box = box_of(entry, node);
    caf::actor_config config;
    result = caf::make_actor<remote_proxy, caf::strong_actor_ptr>(
      id, node, &system_, config, shared_from_this(), box);
    entry.proxies[id] = caf::actor_cast<caf::weak_actor_ptr>(result);
    closed = closed_;
  }
  if (closed) {
    proxy_of(result).end(closed);
    return result;
  }
  post(box, lease_of(id));
  return result;
}

outgoing_item carrier::lease_of(caf::actor_id id) {
  outgoing_item result;
  result.kind = remote::body_kind::lease;
  result.actor = id;
  return result;
}

outbox_ptr carrier::box_of(node_entry& entry, const caf::node_id& node) {
  auto result = entry.box.lock();
  if (!result)
    entry.box = result = std::make_shared<outbox>(node, all_answers_);
  return result;
}

outbox_ptr carrier::bind(const caf::node_id& node) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto& entry = nodes_[node];
  entry.bound = true;
  return box_of(entry, node);
}

void carrier::unbind(const caf::node_id& node) {
  std::lock_guard<std::mutex> guard{mutex_};
  auto found = nodes_.find(node);
  if (found == nodes_.end())
    return;
  found->second.bound = false;
  if (found->second.proxies.empty())
    nodes_.erase(found);
}

void carrier::proxy_freed(remote_proxy& x) {
  fail_owed(x, most_failed_at_once);
  lose_owed(x);
  {
    std::lock_guard<std::mutex> guard{mutex_};
    auto node = nodes_.find(x.box()->node());
    if (node != nodes_.end()) {
      auto& proxies = node->second.proxies;
      auto place = proxies.find(x.id());
      // Another proxy of the same actor may have replaced `x` in the list.
      if (place != proxies.end() && place->second.get() == x.ctrl())
        proxies.erase(place);
      if (proxies.empty() && !node->second.bound)
        nodes_.erase(node);
    }
  }
  if (x.leased_in() == 0) {
    // The peer was never told of this handle. If the outbox's last item would
    // tell the peer, removes that item. The postman then forgets the outbox if
    // it is empty.
    if (x.box()->retract_lease(x.id()))
      tell_postman(x.box());
    return;
  }
  outgoing_item item;
  item.kind = remote::body_kind::release;
  item.actor = x.id();
  item.number = x.leased_in();
  post(x.box(), std::move(item));
}

caf::strong_actor_ptr carrier::find(const caf::node_id& node,
                                    caf::actor_id id) const {
  std::lock_guard<std::mutex> guard{mutex_};
  return find_locked(node, id);
}

caf::strong_actor_ptr carrier::find_locked(const caf::node_id& node,
                                           caf::actor_id id) const {
  caf::strong_actor_ptr result;
  if (auto entry = nodes_.find(node); entry != nodes_.end())
    if (auto place = entry->second.proxies.find(id);
        place != entry->second.proxies.end())
      result = place->second.lock();
  return result;
}

std::vector<caf::strong_actor_ptr>
carrier::proxies_of(const caf::node_id& node) const {
  std::vector<caf::strong_actor_ptr> result;
  std::lock_guard<std::mutex> guard{mutex_};
  if (auto entry = nodes_.find(node); entry != nodes_.end())
    for (const auto& x : entry->second.proxies)
      if (auto ptr = x.second.lock())
        result.push_back(std::move(ptr));
  return result;
}

// -- sending

void carrier::post(const outbox_ptr& box, outgoing_item item) {
  box->push(std::move(item));
  tell_postman(box);
}

// Adds a message to the outbox. Tells the postman once the messages fill a
// packet, so that another thread can send the packet while the sender goes on.
bool carrier::push(const outbox_ptr& box, outgoing_item&& item,
                   std::size_t most) {
  auto pushed = box->push_data(std::move(item), most);
  if (pushed == outbox::pushed::refused)
    return false;
  tell_postman(box);
  if (pushed == outbox::pushed::fills_packet) {
    postman_->tell(outbox_filled{});
    if (auto* unit = caf_version::local_unit::of_this_thread())
      unit->share();
  }
  return true;
}

// An actor on the event loop may be about to send more messages. So the postman
// is told when this actor returns, or once its messages fill a packet. If the
// postman were told sooner, it would send each message in a packet of its own.
// All other threads tell the postman now, even if the outbox already waits for
// an actor on the event loop.
void carrier::tell_postman(const outbox_ptr& box) {
  auto* unit = caf_version::local_unit::of_this_thread();
  auto may_wait = unit && unit->is_in_actor();
  if (box->is_marked() && (may_wait || is_told_))
    return;
  bool first = false;
  {
    std::lock_guard<std::mutex> guard{filled_mutex_};
    if (box->mark()) {
      first = filled_.empty();
      filled_.push_back(box);
    }
  }
  if (is_closed_)
    return refuse_filled(); // the postman has ended, or is about to
  auto tell = [postman = postman_] {
    postman->tell(outbox_filled{});
  };
  if (may_wait && (!first || unit->after_actor(tell)))
    return;
  if (!is_told_.exchange(true))
    tell();
}

// Resets `is_told_` first, so that whoever adds an outbox from now on tells the
// postman again.
std::vector<outbox_ptr> carrier::take_filled() {
  is_told_ = false;
  std::lock_guard<std::mutex> guard{filled_mutex_};
  for (const auto& x : filled_)
    x->unmark();
  return std::exchange(filled_, {});
}

void carrier::send(remote_proxy& to, caf::mailbox_element& what) {
  outgoing_item item;
  item.actor = to.id();
  auto why = to.has_ended() ? why_ended(to) : encode(to, what, item);
  auto is_response = what.mid.is_response();
  if (is_response)
    to.box()->owed().remove(to, what.mid);
  auto for_actor =
    item.cost.is_large ? config_.large_window / 4 : config_.actor_window;
  if (!why && !is_response && !to.take_credit(item.cost, for_actor))
    why = make_error(errc::congested, "the remote actor has not processed what "
                                      "was sent before");
  if (why && is_response && !to.has_ended()) {
    // The error takes the place of the response, so that the requester does not
    // wait in vain.
    auto instead = caf::make_mailbox_element(what.sender, what.mid, {}, why);
    why = encode(to, *instead, item);
  }
  if (!why && is_response)
    return send_answer(to, what, std::move(item));
  auto cost = item.cost;
  if (!why
      && push(to.box(), std::move(item),
              cost.is_large ? config_.large_window : config_.window))
    return;
  if (!why) {
    to.return_credit(cost);
    why = make_error(errc::congested,
                     "too much waits for the peer of the remote actor");
  }
  if (is_response && !to.has_ended())
    lose_answer(to, what);
  refuse(to, what, why);
}

caf::expected<remote::actor_ref> carrier::ref_to(const caf::strong_actor_ptr& x,
                                                 const caf::node_id& receiver) {
  remote::actor_ref result;
  if (!x)
    return result;
  result.id = x->id();
  if (exported_->add(x)) {
    result.where = remote::place::sender;
  } else if (x->node() == receiver) {
    result.where = remote::place::receiver;
  } else if (has_key(x->node())) {
    result.where = remote::place::elsewhere;
    result.node = key_of(x->node());
  } else {
    return make_error(errc::no_identity,
                      "the sender was spawned before its actor system had a "
                      "node ID");
  }
  return result;
}

// @returns the message ID that the receiver gets
std::uint64_t carrier::number_for_wire(const caf::mailbox_element& what,
                                       remote::place sender,
                                       outgoing_item& out) {
  using kind = data_label::what;
  const auto mid = what.mid;
  const auto all = mid.integer_value();
  const auto number = mid.request_id().integer_value();
  out.label = data_label{kind::send, out.actor}.value();
  if (mid.is_response())
    out.label = data_label{kind::answer, number}.value();
  if (!mid.is_request() || !what.sender)
    return all;
  out.party = what.sender;
  out.request = mid;
  // The numbers of requests from this node cannot be guessed, so only a peer
  // that gets a request can answer it. Delegated requests keep their numbers.
  out.number = sender == remote::place::sender ? draw_number() : number;
  if (sender != remote::place::sender)
    forget_owed(what);
  out.label = data_label{kind::request, out.number}.value();
  return (all & ~caf::message_id::request_id_mask) | out.number;
}

caf::error carrier::encode(const remote_proxy& to, caf::mailbox_element& what,
                           outgoing_item& out) {
  remote::body head;
  head.actor = to.id();
  auto from = ref_to(what.sender, to.node());
  if (!from)
    return from.error();
  head.from = *from;
  if (head.from.where == remote::place::sender)
    out.sender = head.from.id;
  if (what.stages.size() > remote::max_stages)
    return make_error(errc::too_large, "the message passes too many actors");
  for (const auto& x : what.stages) {
    auto stage = ref_to(x, to.node());
    if (!stage)
      return stage.error();
    head.stages.push_back(*stage);
  }
  head.other = number_for_wire(what, head.from.where, out);
  if (out.encoded.capacity() == 0)
    out.encoded = spare_.take();
  out.encoded.clear();
  out.encoded.reserve(usual_size);
  remote::append_body(out.encoded, head);
  if (auto err =
        append_content(what.content(), config_.max_message, out.encoded))
    return err;
  out.cost = remote::cost_of_message(out.encoded.size());
  return {};
}

std::uint64_t carrier::draw_number() {
  bytes input;
  wire::append_fixed(input, ++drawn_);
  auto result =
    crypto::keyed_digest(input, key_) & caf::message_id::request_id_mask;
  return result == 0 ? 1 : result;
}

} // namespace cafmesh
