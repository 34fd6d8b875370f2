#include "actors/connection/connection_state.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/gossip/blame.hpp"

// Sends and obeys holds. A hold asks the other side to pause the messages for
// one slow channel, so that messages for other channels can go on.
namespace cafmesh {

namespace {

// The interval at which a hold is repeated while the channel is slow. A hold
// expires after `held_channels::hold_time`.
constexpr auto repeat_interval = held_channels::hold_time / 2;

} // namespace

// -- our channels that are slow

void connection_state::tell_hold(const channel_slot& x, bool on) {
  if (is_closed() || is_finishing())
    return;
  wire_link->send_hold({on, *x.name});
  flush();
  if (on && !std::exchange(repeating_holds, true))
    self->delayed_send(self, repeat_interval, repeat_holds{});
}

void connection_state::repeat_our_holds() {
  repeating_holds = false;
  // Sending may close the connection; `tell_hold` then does nothing.
  for (const auto& x : channels)
    if (x.second->credit.is_held())
      tell_hold(*x.second, true);
}

void connection_state::give_back(channel_slot& to, std::size_t size) {
  if (credit.answered(to.credit, size, now()))
    tell_hold(to, false);
}

// -- channels that the remote holds

void connection_state::take_holds(const std::vector<channel_hold>& xs) {
  if (xs.empty())
    return;
  for (const auto& x : xs)
    if (x.on && *x.channel != topology_channel)
      held.hold(*x.channel, now());
    else
      held.go_on(*x.channel);
  answer_held_writers();
  if (!held.empty() && !std::exchange(watching_holds, true))
    self->delayed_send(self, held_channels::hold_time, check_holds{});
}

void connection_state::check_their_holds() {
  watching_holds = false;
  held.expire(now());
  answer_held_writers();
  if (!held.empty() && !is_closed()) {
    watching_holds = true;
    self->delayed_send(self, held_channels::hold_time / 4, check_holds{});
  }
}

void connection_state::answer_held_writers() {
  auto goes_on = std::stable_partition(
    held_writers.begin(), held_writers.end(),
    [this](const held_writer& x) { return held.has(*x.channel); });
  std::vector<held_writer> free{std::make_move_iterator(goes_on),
                                std::make_move_iterator(held_writers.end())};
  held_writers.erase(goes_on, held_writers.end());
  for (auto& x : free)
    answer(x.waiting);
}

} // namespace cafmesh
