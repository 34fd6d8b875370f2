#include "actors/node/mesh_log.hpp"

#include <utility>

#include <cafmesh/escaped.hpp>

namespace cafmesh {

void mesh_log::peer(const peer_summary& peer, const char* what, instant now) {
  if (!peers_.take(now))
    return count_of_left_out(now);
  count_of_left_out(now);
  ctx_->write(log_level::info, "peer " + peer.name.str() + "("
                                 + escaped(peer.nickname) + ") " + what);
}

void mesh_log::count_of_left_out(instant now) {
  if (peers_.left_out() != 0 && left_out_.take(now))
    ctx_->write(log_level::info, std::to_string(peers_.take_left_out())
                                   + " more peers came or went");
}

void mesh_log::impersonated(instant now) {
  if (impersonated_.take(now))
    ctx_->write(log_level::warning,
                "somebody speaks in the name of this peer, "
                  + ctx_->self.name.str()
                  + ": another node may have the same name, or this machine "
                    "was resumed from a snapshot");
}

void mesh_log::twins(peer_name name, const std::string& remote_address,
                     instant now) {
  if (twins_.take(now))
    ctx_->write(log_level::warning,
                "two peers are named " + name.str()
                  + ": a neighbour, and another one at " + remote_address
                  + ", which is refused; give one of them another name");
}

void mesh_log::refused_records(std::size_t count, instant now) {
  refused_records_ += count;
  if (refused_records_ != 0 && refused_.take(now))
    ctx_->write(log_level::warning,
                std::to_string(std::exchange(refused_records_, 0))
                  + " records of peers were ignored: they exceed what a node "
                    "accepts, and somebody may make up peers");
}

} // namespace cafmesh
