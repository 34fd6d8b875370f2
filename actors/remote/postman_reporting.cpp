#include <utility>

#include <caf/actor_system.hpp>

#include "actors/remote/postman_state.hpp"
#include <cafmesh/errc.hpp>

// What the postman tells users: dropped messages.
namespace cafmesh {

namespace {

// Watchers of dropped messages are told at most this often, so that a flood of
// such messages takes little of the postman's time.
constexpr auto between_dead_letters = std::chrono::milliseconds{10};

} // namespace

caf::result<void> postman_state::watch(const watch_dead_letters& x) {
  if (!x.watcher)
    return make_error(errc::bad_setting, "an actor is needed");
  if (watchers.empty())
    shared->dropped().set_watched(true);
  watchers.add(x.watcher);
  return caf::unit;
}

void postman_state::somebody_down(const caf::actor_addr& who) {
  watchers.remove(who);
  if (watchers.empty())
    shared->dropped().set_watched(false);
}

void postman_state::dead_letters_came() {
  if (!std::exchange(telling, true))
    self->delayed_send(self, between_dead_letters, tell_dead_letters{});
}

void postman_state::tell_of_dead_letters() {
  telling = false;
  auto taken = shared->dropped().take();
  dead_letters news;
  news.missed = taken.missed;
  for (auto& x : taken.all)
    news.all.push_back(
      {address_of(x.node, x.receiver), std::move(x.types), std::move(x.why)});
  watchers.tell(news);
}

actor_address postman_state::address_of(const caf::node_id& node,
                                        caf::actor_id id) const {
  if (node == self->system().node())
    return {our_name, our_uid, id};
  auto uid = uid_of_node.find(node);
  if (uid != uid_of_node.end())
    return {peers.at(uid->second).home.peer, uid->second, id};
  if (auto gone = departed.find(node))
    return {gone->home.peer, gone->home.uid, id};
  return {{}, peer_uid::none, id};
}

void postman_state::drop_sent(remote_peer& to, std::uint64_t receiver,
                              const caf::error& why) {
  to.box->drops().add(why);
  shared->dropped().add(to.home.node, receiver, why,
                        [] { return std::vector<std::string>{}; });
}

void postman_state::drop_received(remote_peer& from, const remote::body& x,
                                  const caf::error& why) {
  from.box->drops().add(why);
  shared->dropped().add(self->system().node(), x.actor, why,
                        [&] { return caf_version::type_names(x.content); });
}

} // namespace cafmesh
