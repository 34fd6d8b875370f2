#include "actors/connection/connection_state.hpp"

#include <algorithm>

#include "crypto/keys/memory.hpp"
#include <cafmesh/errc.hpp>

// Closes the connection after `settings::password_grace` if its password is no
// longer accepted. A remote that knows no other password thus leaves the mesh.
namespace cafmesh {

bool connection_state::password_is_accepted() const {
  auto index = wire_link->password();
  if (!index)
    return true; // not encrypted
  auto accepted = ctx->passwords->get();
  if (accepted == passwords)
    return true;
  auto ours = (*passwords)[*index].view();
  return std::any_of(
    accepted->begin(), accepted->end(), [ours](const password& x) {
      auto theirs = x.view();
      return ours.size() == theirs.size()
             && crypto::equal_secrets(ours.data(), theirs.data(), ours.size());
    });
}

// Starts the grace period if the password is no longer accepted. Does nothing
// during the introduction, because `introduced` calls this function later.
void connection_state::check_password() {
  if (is_closed() || phase == connection_phase::handshaking)
    return;
  if (password_is_accepted())
    return password_dropped.reset();
  if (password_dropped)
    return;
  password_dropped = now();
  self->delayed_send(self, ctx->config.password_grace, check_grace{});
}

void connection_state::check_grace_of_password() {
  const auto& grace = ctx->config.password_grace;
  if (is_closed() || !password_dropped || now() - *password_dropped < grace)
    return;
  close(make_error(errc::password_dropped, "its password was dropped "
                                             + std::to_string(grace.count())
                                             + " ms ago"));
}

} // namespace cafmesh
