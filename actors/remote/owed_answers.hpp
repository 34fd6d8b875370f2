#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/abstract_actor.hpp>
#include <caf/message_id.hpp>

namespace cafmesh {

/// The requests of one node's actors that local actors have not answered yet,
/// by the proxies of their requesters. Nobody can answer a request once nobody
/// refers to its requester's proxy, because whoever can still answer has a
/// handle of it. May be used from any thread and under any lock, because it
/// takes no other lock.
///
/// An actor may have two proxies for a short time, while the first is freed. So
/// an actor's ID does not identify a requester.
class owed_answers {
public:
  struct requester {
    /// May have been freed; only for comparison.
    const caf::abstract_actor* proxy;
    caf::actor_id id;
  };

  /// Does nothing if `most` requests are open.
  void add(const caf::abstract_actor& proxy, caf::message_id request,
           std::size_t most) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (open_.size() < most)
      open_.try_emplace(key_of(proxy, request), entry{request, proxy.id()});
  }
  /// To be called when the request is answered, or delegated to another node.
  void remove(const caf::abstract_actor& proxy, caf::message_id request) {
    std::lock_guard<std::mutex> guard{mutex_};
    open_.erase(key_of(proxy, request));
  }
  /// Removes and returns up to `most` requests of this proxy's actor.
  std::vector<caf::message_id> take(const caf::abstract_actor& proxy,
                                    std::size_t most) {
    std::vector<caf::message_id> result;
    std::lock_guard<std::mutex> guard{mutex_};
    const auto first = open_.lower_bound({&proxy, 0});
    auto i = first;
    for (; i != open_.end() && i->first.first == &proxy && result.size() < most;
         ++i)
      result.push_back(i->second.request);
    open_.erase(first, i);
    return result;
  }
  std::vector<requester> requesters() const {
    std::vector<requester> result;
    std::lock_guard<std::mutex> guard{mutex_};
    for (auto i = open_.begin(); i != open_.end();
         i = open_.upper_bound({i->first.first, last}))
      result.push_back({i->first.first, i->second.id});
    return result;
  }

private:
  using key = std::pair<const caf::abstract_actor*, std::uint64_t>;
  struct entry {
    caf::message_id request;
    caf::actor_id id;
  };
  static constexpr auto last = std::numeric_limits<std::uint64_t>::max();

  static key key_of(const caf::abstract_actor& proxy, caf::message_id x) {
    return {&proxy, x.request_id().integer_value()};
  }

  mutable std::mutex mutex_;
  std::map<key, entry> open_;
};

} // namespace cafmesh
