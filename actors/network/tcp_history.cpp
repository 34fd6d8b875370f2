#include "actors/network/tcp_history.hpp"

#include <algorithm>

namespace cafmesh {

namespace {

// By the third timeout in a row, the kernel has sent the oldest segment four
// times. With short round trips, three timeouts take 1.4 to 1.8 s.
constexpr std::uint32_t usual_timeouts = 3;

// With fewer segments, the share of lost segments cannot be estimated.
constexpr std::uint32_t least_sample = 32;

// Each time the number of answered probes grows by this factor, one more
// timeout is needed to declare the host dead.
constexpr std::uint32_t factor = 4;

} // namespace

void tcp_history::note(const tcp_state& x, instant now) {
  before_ = last_;
  last_ = {x.sent, x.resent};
  noted_ = now;
}

std::uint32_t tcp_history::answers_until(instant now) const {
  const auto halvings = (now - halved_) / interval;
  return halvings < 32 ? answers_ >> halvings : 0;
}

void tcp_history::answered(instant now) {
  if (now - halved_ >= interval) {
    answers_ = answers_until(now);
    halved_ = now;
  }
  ++answers_;
}

// Whatever the share of lost segments, about one living host in 1000 reaches
// this number of timeouts.
std::uint32_t tcp_history::timeouts_of_dead(const tcp_state& x,
                                            instant now) const {
  auto result = usual_timeouts;
  for (auto n = answers_until(now); n >= factor; n /= factor)
    ++result;
  const auto sent = x.sent - before_.sent;
  const auto resent = x.resent - before_.resent;
  const auto lost = resent - std::min(resent, x.repeats);
  if (sent < least_sample || lost < sent / 10)
    return result;
  return lost < sent / 4 ? result + 1 : result + 4;
}

} // namespace cafmesh
