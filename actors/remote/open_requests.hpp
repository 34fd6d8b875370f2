#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>

#include <cafmesh/ids.hpp>

/// The requests to remote actors that have no answer yet.
namespace cafmesh {

/// A request to a remote actor, with the local actor that waits for the answer.
struct open_request {
  caf::weak_actor_ptr requester;
  caf::message_id id;
  peer_uid peer{}; ///< the peer that got the request
};

/// The requests to remote actors that have no answer yet, by their numbers on
/// the wire. If there are more than `most`, the oldest is removed.
class open_requests {
public:
  static constexpr std::size_t most = 256 * 1024;

  /// @returns the request that was removed to make room, if any
  std::optional<open_request> open(std::uint64_t number, open_request x) {
    auto order = ++last_;
    all_[number] = {std::move(x), order};
    by_age_[order] = number;
    return all_.size() > most ? take(by_age_.begin()->second) : std::nullopt;
  }
  /// Removes and returns a request; nullopt if there is none with this number.
  std::optional<open_request> take(std::uint64_t number) {
    auto found = all_.find(number);
    if (found == all_.end())
      return std::nullopt;
    auto result = std::move(found->second.request);
    by_age_.erase(found->second.order);
    all_.erase(found);
    return result;
  }
  /// Removes and returns all requests that were sent to this peer.
  std::vector<open_request> take_all(peer_uid peer) {
    std::vector<open_request> result;
    remove_if([&](open_request& x) {
      if (x.peer != peer)
        return false;
      result.push_back(std::move(x));
      return true;
    });
    return result;
  }
  /// Forgets the requests of actors that have ended.
  void forget_ended() {
    remove_if([](open_request& x) { return !x.requester.lock(); });
  }
  std::size_t size() const noexcept {
    return all_.size();
  }

private:
  struct entry {
    open_request request;
    std::uint64_t order = 0;
  };

  template <class F>
  void remove_if(F f) {
    for (auto i = all_.begin(); i != all_.end();) {
      if (f(i->second.request)) {
        by_age_.erase(i->second.order);
        i = all_.erase(i);
      } else {
        ++i;
      }
    }
  }

  std::unordered_map<std::uint64_t, entry> all_;
  std::map<std::uint64_t, std::uint64_t> by_age_;
  std::uint64_t last_ = 0;
};

} // namespace cafmesh
