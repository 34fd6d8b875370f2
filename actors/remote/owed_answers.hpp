#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>

namespace cafmesh {

/// The requests of one node's actors that local actors have not answered yet.
/// Nobody can answer a request once nobody refers to its requester: whoever is
/// still able to answer keeps the requester's handle. May be used from any
/// thread and under any lock, because it takes no other lock.
class owed_answers {
public:
  /// Does nothing if `most` requests are open.
  void add(caf::actor_id requester, caf::message_id request, std::size_t most) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (open_.size() < most)
      open_.emplace(key_of(requester, request), request);
  }
  /// To be called when the request is answered, or delegated to another node.
  void remove(caf::actor_id requester, caf::message_id request) {
    std::lock_guard<std::mutex> guard{mutex_};
    open_.erase(key_of(requester, request));
  }
  /// Removes and returns all requests of this actor.
  std::vector<caf::message_id> take(caf::actor_id requester) {
    std::vector<caf::message_id> result;
    std::lock_guard<std::mutex> guard{mutex_};
    const auto first = open_.lower_bound({requester, 0});
    auto i = first;
    for (; i != open_.end() && i->first.first == requester; ++i)
      result.push_back(i->second);
    open_.erase(first, i);
    return result;
  }
  bool is_empty() const {
    std::lock_guard<std::mutex> guard{mutex_};
    return open_.empty();
  }

private:
  using key = std::pair<caf::actor_id, std::uint64_t>;

  static key key_of(caf::actor_id requester, caf::message_id x) {
    return {requester, x.request_id().integer_value()};
  }

  mutable std::mutex mutex_;
  std::map<key, caf::message_id> open_;
};

} // namespace cafmesh
