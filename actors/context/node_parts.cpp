#include "actors/context/node_parts.hpp"

#include <utility>

#include <caf/exit_reason.hpp>

#include "actors/context/reason.hpp"
#include "actors/context/stopped.hpp"

namespace cafmesh {

void node_parts::end_all() {
  std::unique_lock<std::mutex> guard{mutex_};
  ended_ = true;
  std::vector<caf::actor_addr> addresses;
  addresses.reserve(parts_.size());
  for (const auto& x : parts_)
    addresses.push_back(x.second.self.address);
  guard.unlock();
  for (const auto& x : addresses)
    caf_version::tell_to_end(x, node_stopped());
}

std::vector<node_parts::part> node_parts::all() const {
  std::lock_guard<std::mutex> guard{mutex_};
  std::vector<part> result;
  result.reserve(parts_.size());
  for (const auto& x : parts_)
    result.push_back(x.second.self);
  return result;
}

std::uint64_t node_parts::enter(part x, logged_by who) {
  std::unique_lock<std::mutex> guard{mutex_};
  auto address = x.address;
  parts_.emplace(++last_, entry{std::move(x), who});
  auto number = last_;
  auto ended = ended_;
  guard.unlock();
  if (ended)
    caf_version::tell_to_end(address, node_stopped());
  return number;
}

void node_parts::leave(std::uint64_t number, const caf::error& why) {
  std::unique_lock<std::mutex> guard{mutex_};
  auto i = parts_.find(number);
  if (i == parts_.end())
    return;
  auto x = std::move(i->second);
  parts_.erase(i);
  guard.unlock();
  if (x.who == logged_by::parts && caf_version::is_accident(why))
    log_->write(log_level::error, x.self.what + " ended: " + reason_text(why));
}

void node_parts::router_ended(const caf::error& why) {
  if (caf_version::is_accident(why))
    log_->write(log_level::error, "the router ended: " + reason_text(why)
                                    + "; the node ends with it");
  std::unique_lock<std::mutex> guard{mutex_};
  auto overlay = overlay_;
  guard.unlock();
  caf_version::tell_to_end(overlay, caf::exit_reason::user_shutdown);
  end_all();
}

} // namespace cafmesh
