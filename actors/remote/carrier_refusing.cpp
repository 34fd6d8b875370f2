#include <utility>

#include "actors/remote/carrier.hpp"
#include <cafmesh/errc.hpp>

// Handles messages that cannot be sent: answers requests with an error, and
// counts others as dropped. Also counts and limits proxies.
namespace cafmesh {

namespace {

// The maximum number of proxies for actors of one node. Exceeds `max_handles`,
// because handles beyond that limit still work, but do not keep their actors
// alive.
std::size_t most_proxies(const actor_settings& x) {
  return 8 * x.max_handles;
}

} // namespace

// The caller must hold `mutex_`.
bool carrier::has_room_for(const caf::node_id& node, caf::actor_id id) const {
  auto found = nodes_.find(node);
  if (found == nodes_.end())
    return nodes_.size() < config_.max_nodes;
  const auto& entry = found->second;
  if (entry.proxies.size() >= most_proxies(config_)
      && entry.proxies.count(id) == 0)
    return false;
  auto box = entry.box.lock();
  return !box || !box->peer_is_behind();
}

std::size_t carrier::count_proxies() const {
  std::size_t result = 0;
  std::lock_guard<std::mutex> guard{mutex_};
  for (const auto& x : nodes_)
    result += x.second.proxies.size();
  return result;
}

std::size_t carrier::count_proxies(const caf::node_id& node) const {
  std::lock_guard<std::mutex> guard{mutex_};
  auto entry = nodes_.find(node);
  return entry == nodes_.end() ? 0 : entry->second.proxies.size();
}

caf::error
carrier::refuse_bare_error(const caf::type_erased_tuple& content) const {
  if (config_.remote_exits || !content.match_elements<caf::error>())
    return {};
  return make_error(errc::unknown_type,
                    "an error alone would end its receiver");
}

bool carrier::answer(const caf::strong_actor_ptr& sender, caf::message_id mid,
                     const caf::error& why) {
  if (!sender || !mid.is_request())
    return false;
  sender->enqueue(nullptr, mid.response_id(), caf::make_message(why), nullptr);
  return true;
}

void carrier::drop(const caf::message& x, const caf::error& why) {
  dropped_.add(system_.node(), caf::invalid_actor_id, why,
               [&] { return caf_version::type_names(system_, x); });
}

void carrier::refuse(outbox& box, const outgoing_item& item,
                     const caf::error& why) {
  if (answer(item.party, item.request, why))
    return;
  box.drops().add(why);
  dropped_.add(box.node(), item.actor, why, [&] {
    auto x = remote::read_body(item.encoded);
    return x ? caf_version::type_names(x->content) : std::vector<std::string>{};
  });
}

void carrier::refuse(remote_proxy& to, const caf::mailbox_element& what,
                     const caf::error& why) {
  if (answer(what.sender, what.mid, why))
    return;
  to.box()->drops().add(why);
  dropped_.add(to.node(), to.id(), why, [&] {
    return caf_version::type_names(system_, what.content());
  });
}

void carrier::close(const caf::error& why) {
  std::vector<caf::node_id> nodes;
  {
    std::lock_guard<std::mutex> guard{mutex_};
    closed_ = why;
    is_closed_ = true;
    for (const auto& x : nodes_)
      nodes.push_back(x.first);
  }
  for (const auto& node : nodes)
    for (const auto& x : proxies_of(node))
      proxy_of(x).end(why);
  exported_->clear();
  refuse_filled();
}

// Refuses what waits in the outboxes after the node has stopped.
void carrier::refuse_filled() {
  caf::error why;
  {
    std::lock_guard<std::mutex> guard{mutex_};
    why = closed_;
  }
  for (const auto& box : take_filled()) {
    const auto waiting = box->take();
    for (const auto& item : waiting.items)
      if (item.kind == remote::body_kind::message)
        refuse(*box, item, why);
  }
}

caf::error carrier::why_ended(const remote_proxy& x) {
  auto result = x.fail_state();
  for (auto code : {errc::ended, errc::restarted, errc::left, errc::stopped})
    if (is(result, code))
      return result;
  return make_error(errc::ended, "the remote actor has ended: "
                                   + (result ? describe(result) : "normally"));
}

} // namespace cafmesh
