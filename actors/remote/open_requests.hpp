#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>

#include <cafmesh/ids.hpp>
#include <cafmesh/instant.hpp>

/// The requests to remote actors that have no answer yet.
namespace cafmesh {

/// A request to a remote actor, with the actor that waits for the answer.
struct open_request {
  caf::weak_actor_ptr requester;
  caf::message_id id;
  peer_uid peer{}; ///< to which the request was sent
  /// The requester, if it is an actor of another peer, which then gets the
  /// answer directly. Otherwise null. The handle is kept until the request has
  /// arrived or is lost.
  caf::strong_actor_ptr on_behalf_of;
  instant opened{};
};

/// The open requests, by their numbers on the wire. If there are too many, a
/// new request replaces the oldest.
class open_requests {
public:
  void set_most(std::size_t x) noexcept {
    most_ = x;
  }

  /// Adds a request. Returns the request that was removed to make room, if any.
  std::optional<open_request> open(std::uint64_t number, open_request x) {
    // A delegated request has a number that another peer chose. It must not
    // replace an open request that happens to have the same number.
    if (x.on_behalf_of && all_.count(number) != 0)
      return std::nullopt;
    auto order = ++last_;
    ++count_[x.peer];
    all_[number] = {std::move(x), order};
    by_age_[order] = number;
    return all_.size() > most_ ? take(by_age_.begin()->second) : std::nullopt;
  }
  /// Removes and returns a request; nullopt if there is none with this number.
  std::optional<open_request> take(std::uint64_t number) {
    auto found = all_.find(number);
    if (found == all_.end())
      return std::nullopt;
    auto result = std::move(found->second.request);
    count_out(result.peer);
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
  /// Forgets the requests of actors that have ended, and the delegated requests
  /// that were opened before `delegated_before`.
  /// @param delegated_before a time so early that these requests have arrived
  ///        or are lost by now
  void forget_ended(instant delegated_before) {
    remove_if([&](open_request& x) {
      return x.on_behalf_of ? x.opened < delegated_before : !x.requester.lock();
    });
  }
  std::size_t size() const noexcept {
    return all_.size();
  }
  /// The number of open requests to one peer.
  std::size_t size(peer_uid peer) const {
    auto found = count_.find(peer);
    return found == count_.end() ? 0 : found->second;
  }

private:
  struct entry {
    open_request request;
    std::uint64_t order = 0;
  };

  template <class F>
  void remove_if(F f) {
    for (auto i = all_.begin(); i != all_.end();) {
      const auto peer = i->second.request.peer;
      if (f(i->second.request)) {
        count_out(peer);
        by_age_.erase(i->second.order);
        i = all_.erase(i);
      } else {
        ++i;
      }
    }
  }

  void count_out(peer_uid peer) {
    auto found = count_.find(peer);
    if (--found->second == 0)
      count_.erase(found);
  }

  std::unordered_map<std::uint64_t, entry> all_;
  std::unordered_map<peer_uid, std::size_t> count_; // by peer
  std::map<std::uint64_t, std::uint64_t> by_age_;
  std::uint64_t last_ = 0;
  std::size_t most_ = 0;
};

} // namespace cafmesh
