#pragma once

#include <atomic>
#include <memory>

#include <caf/actor_proxy.hpp>
#include <caf/attachable.hpp>

#include "actors/remote/outbox.hpp"

namespace cafmesh {

class carrier;

/// The local stand-in for an actor of another peer. Local actors can monitor it
/// and link to it like any actor. For the first monitor or link, the proxy asks
/// the peer to watch the remote actor.
class remote_proxy final : public caf::actor_proxy {
public:
  remote_proxy(caf::actor_config& config, std::shared_ptr<carrier> owner,
               outbox_ptr box);

  using caf::actor_proxy::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override;
  void attach(caf::attachable_ptr x) override;
  std::size_t detach(const caf::attachable::token& what) override;
  bool add_backlink(caf::abstract_actor* x) override;
  bool remove_backlink(caf::abstract_actor* x) override;
  /// Does nothing. CAF calls this function after decoding one message, but the
  /// proxy lives on.
  void kill_proxy(caf::execution_unit*, caf::error) override {
  }
  void on_destroy() override;
  const char* name() const override {
    return "cafmesh.remote_proxy";
  }

  const outbox_ptr& box() const noexcept {
    return box_;
  }
  /// Whether the actor has ended or its peer has gone for good.
  bool has_ended() const {
    return getf(is_terminated_flag);
  }
  /// Call this function when the actor or its peer has ended. Tells all
  /// monitors and links.
  void end(caf::error why) {
    cleanup(std::move(why), nullptr);
  }
  /// Call this function when the peer is unreachable. Removes and returns all
  /// monitors and links, which must be passed to `tell`. The proxy works again
  /// when the peer is back.
  caf::attachable_ptr interrupt();
  static void tell(const caf::attachable_ptr& all, const caf::error& why);
  /// Adds a link that the remote actor has made to a local actor.
  void link_from_home(caf::abstract_actor* local);
  void unlink_from_home(caf::abstract_actor* local);
  /// Removes the link to a local actor, for instance an actor that has ended.
  void forget_link(const caf::actor_addr& local);

  /// The session in which the peer was told of this handle; 0 for none. Only
  /// the postman sets it.
  std::uint64_t leased_in() const noexcept {
    return leased_in_.load(std::memory_order_relaxed);
  }
  void set_leased_in(std::uint64_t session) noexcept {
    leased_in_.store(session, std::memory_order_relaxed);
  }

  // -- the cost of data that the actor has not processed

  /// Counts the cost of a message as unprocessed, unless more than `window`
  /// bytes would be unprocessed. If nothing is unprocessed, counts any cost.
  /// @returns whether the cost was counted
  bool take_credit(remote::message_cost cost, std::size_t window) noexcept {
    auto& mine = cost.is_large ? unprocessed_large_ : unprocessed_;
    auto used = mine.fetch_add(cost.bytes, std::memory_order_relaxed);
    if (used == 0 || used + cost.bytes <= window)
      return true;
    return_credit(cost);
    return false;
  }
  void return_credit(remote::message_cost cost) noexcept {
    auto& mine = cost.is_large ? unprocessed_large_ : unprocessed_;
    auto used = mine.load(std::memory_order_relaxed);
    while (!mine.compare_exchange_weak(used, used - std::min(used, cost.bytes)))
      ;
  }
  void forget_credit() noexcept {
    unprocessed_ = unprocessed_large_ = 0;
  }

private:
  void post(remote::body_kind kind, caf::abstract_actor* party);

  std::shared_ptr<carrier> owner_;
  outbox_ptr box_;
  std::atomic<std::uint64_t> leased_in_{0};
  std::atomic<std::uint64_t> unprocessed_{0};
  std::atomic<std::uint64_t> unprocessed_large_{0};
};

/// @pre `x` is the handle of a proxy
inline remote_proxy& proxy_of(const caf::strong_actor_ptr& x) {
  return static_cast<remote_proxy&>(*x->get());
}

} // namespace cafmesh
