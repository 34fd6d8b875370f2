#include "actors/remote/remote_proxy.hpp"

#include <utility>

#include <caf/default_attachable.hpp>
#include <caf/system_messages.hpp>

#include "actors/remote/carrier.hpp"

// Turns messages, exits, monitors and links that reach a proxy into items for
// the postman.
namespace cafmesh {

remote_proxy::remote_proxy(caf::actor_config& config,
                           std::shared_ptr<carrier> owner, outbox_ptr box)
    : caf::actor_proxy(config), owner_(std::move(owner)), box_(std::move(box)) {
}

// May be called while the locks of this actor and of another actor are held.
// Keeps `party` alive until the postman has handled the item.
void remote_proxy::post(remote::body_kind kind, caf::abstract_actor* party) {
  outgoing_item item;
  item.kind = kind;
  item.actor = id();
  item.party = caf::strong_actor_ptr{party->ctrl()};
  owner_->post(box_, std::move(item));
}

void remote_proxy::enqueue(caf::mailbox_element_ptr what,
                           caf::execution_unit*) {
  if (!what->content().match_elements<caf::exit_msg>()) {
    owner_->send(*this, *what);
    return;
  }
  auto& exit = what->content().get_mutable_as<caf::exit_msg>(0);
  // A local actor that was linked to the proxy has ended. The peer watches that
  // actor because of the link, and so hears of the end anyway.
  if (what->sender && what->sender == exit.source) {
    forget_link(exit.source);
    return;
  }
  // The postman encodes the reason, because encoding a handle takes an actor's
  // lock, and the caller may hold such a lock.
  outgoing_item item;
  item.kind = remote::body_kind::exit;
  item.actor = id();
  item.reason = std::move(exit.reason);
  owner_->post(box_, std::move(item));
}

void remote_proxy::attach(caf::attachable_ptr x) {
  auto ended = false;
  auto first = false;
  caf::error why;
  exclusive_critical_section([&] {
    if (getf(is_terminated_flag)) {
      why = fail_state_;
      ended = true;
      return;
    }
    first = !attachables_head_;
    attach_impl(x);
    if (first)
      post(remote::body_kind::watch, this);
  });
  if (ended)
    x->actor_exited(why, nullptr);
}

std::size_t remote_proxy::detach(const caf::attachable::token& what) {
  return exclusive_critical_section([&] {
    auto count = detach_impl(what);
    if (count > 0 && !attachables_head_)
      post(remote::body_kind::unwatch, this);
    return count;
  });
}

bool remote_proxy::add_backlink(caf::abstract_actor* x) {
  auto first = !attachables_head_;
  if (!caf::actor_proxy::add_backlink(x))
    return false;
  if (first)
    post(remote::body_kind::watch, this);
  post(remote::body_kind::link, x);
  return true;
}

bool remote_proxy::remove_backlink(caf::abstract_actor* x) {
  if (!caf::actor_proxy::remove_backlink(x))
    return false;
  post(remote::body_kind::unlink, x);
  if (!attachables_head_)
    post(remote::body_kind::unwatch, this);
  return true;
}

void remote_proxy::link_from_home(caf::abstract_actor* local) {
  forget_link(local->address()); // a repeated link counts once
  attach(caf::default_attachable::make_link(address(), local->address()));
}

void remote_proxy::unlink_from_home(caf::abstract_actor* local) {
  forget_link(local->address());
}

void remote_proxy::forget_link(const caf::actor_addr& local) {
  caf::default_attachable::observe_token link{local,
                                              caf::default_attachable::link};
  detach(link);
}

caf::attachable_ptr remote_proxy::interrupt() {
  caf::attachable_ptr all;
  exclusive_critical_section([&] { all.swap(attachables_head_); });
  return all;
}

void remote_proxy::tell(const caf::attachable_ptr& all, const caf::error& why) {
  for (auto* x = all.get(); x; x = x->next.get())
    x->actor_exited(why, nullptr);
}

void remote_proxy::on_destroy() {
  owner_->proxy_freed(*this);
  caf::actor_proxy::on_destroy();
}

} // namespace cafmesh
