#include "actors/core/limits/held_channels.hpp"

namespace cafmesh {

void held_channels::hold(std::string_view channel, instant now) {
  if (auto i = until_.find(channel); i != until_.end())
    i->second = now + hold_time;
  else if (until_.size() < most)
    until_.emplace(channel, now + hold_time);
}

void held_channels::go_on(std::string_view channel) {
  if (auto i = until_.find(channel); i != until_.end())
    until_.erase(i);
}

void held_channels::expire(instant now) {
  for (auto i = until_.begin(); i != until_.end();)
    i = i->second <= now ? until_.erase(i) : std::next(i);
}

} // namespace cafmesh
