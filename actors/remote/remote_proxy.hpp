#pragma once

#include <atomic>
#include <memory>

#include <caf/actor_proxy.hpp>

#include "actors/remote/outbox.hpp"

namespace cafmesh {

class carrier;

/// An actor of another peer, as a handle holds it. Monitors and links attach to
/// it as to a local actor; with the first of them it asks the actor's home to
/// watch the actor.
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
  /// Called by the registry of one decoding, which lets go of what it made.
  void kill_proxy(caf::execution_unit*, caf::error) override {
  }
  void on_destroy() override;
  const char* name() const override {
    return "cafmesh.remote_proxy";
  }

  const outbox_ptr& box() const noexcept {
    return box_;
  }
  /// Whether the actor has ended, or its peer has.
  bool has_ended() const {
    return getf(is_terminated_flag);
  }
  /// The actor or its peer has ended: tells all monitors and links.
  void end(caf::error why) {
    cleanup(std::move(why), nullptr);
  }
  /// The peer is unreachable: tells all monitors and links, and lets them go.
  /// The proxy works again when the peer is back.
  void interrupt(const caf::error& why);
  /// Adds a link of a local actor that the other side has made.
  void link_from_home(caf::abstract_actor* local);
  void unlink_from_home(caf::abstract_actor* local);
  /// A local actor that was linked has ended.
  void forget_link(const caf::actor_addr& local);

  // -- the cost of data that the actor has not processed

  bool take_credit(std::size_t cost, std::size_t window) noexcept {
    auto used = unprocessed_.fetch_add(cost, std::memory_order_relaxed);
    if (used == 0 || used + cost <= window)
      return true;
    return_credit(cost);
    return false;
  }
  void return_credit(std::uint64_t cost) noexcept {
    auto used = unprocessed_.load(std::memory_order_relaxed);
    while (
      !unprocessed_.compare_exchange_weak(used, used - std::min(used, cost)))
      ;
  }
  void forget_credit() noexcept {
    unprocessed_ = 0;
  }

private:
  void post(remote::body_kind kind, caf::abstract_actor* party);

  std::shared_ptr<carrier> owner_;
  outbox_ptr box_;
  std::atomic<std::uint64_t> unprocessed_{0};
};

} // namespace cafmesh
