#include "actors/core/mesh/mesh_log.hpp"

#include "actors/core/mesh/peer_label.hpp"
#include <cafmesh/escaped.hpp>

namespace cafmesh {

void mesh_log::peer(const peer_summary& peer, const char* what, instant now) {
  if (auto left_out = peer_lines_.take_line(now))
    write_(false, "peer " + peer_label(peer.name, escaped(peer.nickname)) + " "
                    + what + left_out_text(*left_out));
}

void mesh_log::warn(const char* topic, const std::string& text, instant now) {
  if (auto left_out = warnings_.take_line(topic, now))
    write_(true, text + left_out_text(*left_out));
}

void mesh_log::impersonated(instant now) {
  warn("impersonated",
       "somebody speaks in the name of this peer, " + self_.str()
         + ": another node may have the same name, or this machine was resumed "
           "from a snapshot; give one of two nodes another name",
       now);
}

void mesh_log::clock_is_late(instant now) {
  warn("clock_is_late",
       "ignored a record in the name of this peer, " + self_.str()
         + ", because its version is ahead of this machine's clock: peers that "
           "accept it ignore this peer; set the clock, or find out who speaks "
           "in its name",
       now);
}

void mesh_log::duplicate_name(peer_name name, const std::string& remote_address,
                              instant now) {
  warn("duplicate_name",
       "two peers are named " + name.str()
         + ": a neighbour, and another one at " + remote_address
         + ", which is refused; give one of them another name",
       now);
}

void mesh_log::name_used_twice(peer_name name, instant now) {
  warn("name_used_twice",
       "two peers are named " + name.str()
         + ": their records replace each other in turn; give one of them "
           "another name",
       now);
}

void mesh_log::refused_records(std::size_t count, instant now) {
  refused_records_ += count;
  warn("refused",
       std::to_string(refused_records_)
         + " records of peers were ignored since the start: they exceed what a "
           "node accepts, and somebody may make up peers",
       now);
}

void mesh_log::degree_limit(bool holds, std::size_t connections, instant now) {
  constexpr std::chrono::minutes between_lines{1};
  if (holds == limit_holds_
      || (limit_logged_ && now - *limit_logged_ < between_lines))
    return;
  limit_holds_ = holds;
  limit_logged_ = now;
  const auto count = std::to_string(connections) + " connections";
  write_(false, holds
                  ? "target_degree begins to limit discovery, with " + count
                  : "target_degree no longer limits discovery, with " + count);
}

} // namespace cafmesh
