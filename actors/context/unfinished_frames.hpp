#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <caf/actor_cast.hpp>

#include "actors/context/connection_parts.hpp"
#include "actors/core/limits/frame_limit.hpp"

namespace cafmesh {

/// The unfinished frames of all neighbours of a node, see `frame_limit`. May be
/// used from any thread.
class unfinished_frames {
public:
  /// The unfinished frame of one connection. Not thread-safe.
  class share {
  public:
    share(unfinished_frames& whole, connection_id who, ip_address from,
          const connection_actor& connection)
        : whole_(whole), who_(who), from_(from),
          connection_(connection.address()) {
    }
    share(const share&) = delete;
    share& operator=(const share&) = delete;
    ~share() {
      if (size_ > frame_limit::for_each)
        whole_.release(who_);
    }

    /// @param size how many bytes the connection holds for a frame
    /// @param begun when the frame began
    /// @returns the connections to close, perhaps including this one
    std::vector<connection_actor> set(std::size_t size, instant begun,
                                      instant now) {
      auto before = std::exchange(size_, size);
      if (std::max(before, size) <= frame_limit::for_each
          || (before == size && begun_ == begun))
        return {};
      begun_ = begun;
      return whole_.hold(*this, now);
    }

  private:
    friend unfinished_frames;
    unfinished_frames& whole_;
    const connection_id who_;
    const ip_address from_;
    const caf::actor_addr connection_;
    std::size_t size_ = 0;
    instant begun_{};
  };

private:
  std::vector<connection_actor> hold(const share& x, instant now) {
    std::lock_guard<std::mutex> guard{mutex_};
    if (x.size_ > frame_limit::for_each)
      connections_.emplace(x.who_, x.connection_);
    else
      connections_.erase(x.who_);
    std::vector<connection_actor> result;
    for (auto id : limit_.hold(x.who_, x.from_, x.size_, x.begun_, now)) {
      auto found = connections_.find(id);
      if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(found->second))
        result.push_back(caf::actor_cast<connection_actor>(ptr));
      connections_.erase(found);
    }
    return result;
  }
  void release(connection_id who) {
    std::lock_guard<std::mutex> guard{mutex_};
    limit_.release(who);
    connections_.erase(who);
  }

  std::mutex mutex_;
  frame_limit limit_;
  std::map<connection_id, caf::actor_addr> connections_; // beyond `for_each`
};

} // namespace cafmesh
