#include "actors/core/limits/refused_remotes.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/addresses/host_port.hpp"

namespace cafmesh {

void refused_remotes::add(const std::string& address, std::string reason,
                          instant now) {
  ++counts_[reason.substr(0, reason.find_first_of(":("))];
  auto parsed = host_port::parse(address);
  entry x{parsed ? parsed->host : address, address, std::move(reason), 1, now};
  auto old = std::find_if(latest_.begin(), latest_.end(),
                          [&](const auto& y) { return y.host == x.host; });
  if (old != latest_.end()) {
    x.times += old->times;
    latest_.erase(old);
  } else if (latest_.size() >= most_hosts) {
    latest_.pop_back();
  }
  latest_.push_front(std::move(x));
}

inbound_status refused_remotes::status(instant now) const {
  inbound_status result;
  result.refused = counts_;
  for (const auto& x : latest_) {
    if (now - x.last > kept_for)
      break;
    result.latest.push_back(
      {x.address, x.reason, x.times,
       std::chrono::duration_cast<std::chrono::milliseconds>(now - x.last)});
  }
  return result;
}

} // namespace cafmesh
