#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include <caf/actor_control_block.hpp>
#include <caf/message_id.hpp>
#include <caf/node_id.hpp>

#include <cafmesh/ids.hpp>

/// The unanswered requests to remote actors.
namespace cafmesh {

/// A request to a remote actor, with the actor that waits for the answer.
struct open_request {
  caf::weak_actor_ptr requester;
  caf::message_id id;
  peer_uid peer{}; ///< the peer that was asked
  /// The node and the ID of the requester, if it is another peer's actor. The
  /// answer goes directly to that actor, without our knowledge. No handle is
  /// kept, so that the request keeps no actor alive.
  caf::node_id of_node;
  caf::actor_id of_actor = 0;

  bool is_delegated() const noexcept {
    return of_actor != 0;
  }
};

/// The open requests, by their numbers on the wire. Requests of our own actors
/// and delegated requests have separate limits. When its limit is reached, a
/// new request replaces the oldest of its kind.
class open_requests {
public:
  static constexpr std::size_t most_delegated = 64 * 1024;

  void set_most(std::size_t x) noexcept {
    most_ = x;
  }

  /// @returns the request that was removed to make room, if any
  std::optional<open_request> open(std::uint64_t number, open_request x) {
    // Another peer chose the number of a delegated request. The number must not
    // replace an open request.
    if (x.is_delegated() && all_.count(number) != 0)
      return std::nullopt;
    auto order = ++last_;
    auto most = most_;
    if (x.is_delegated())
      most = std::min(most, most_delegated);
    else
      ++count_[x.peer];
    auto& of_its_kind = ages_of(x);
    of_its_kind[order] = number;
    all_[number] = {std::move(x), order};
    if (of_its_kind.size() <= most)
      return std::nullopt;
    return take(of_its_kind.begin()->second);
  }
  /// @returns null if no request has this number
  const open_request* find(std::uint64_t number) const {
    auto found = all_.find(number);
    return found == all_.end() ? nullptr : &found->second.request;
  }
  /// @returns the removed request; nullopt if no request has this number
  std::optional<open_request> take(std::uint64_t number) {
    auto found = all_.find(number);
    if (found == all_.end())
      return std::nullopt;
    auto result = std::move(found->second.request);
    count_out(result);
    ages_of(result).erase(found->second.order);
    all_.erase(found);
    return result;
  }
  std::vector<open_request> take_all(peer_uid peer) {
    std::vector<open_request> result;
    remove_if([&](open_request& x) {
      if (x.peer != peer)
        return false;
      result.push_back(x);
      return true;
    });
    return result;
  }
  /// Forgets each request of our own actors whose requester has ended.
  void forget_ended() {
    remove_if(
      [](open_request& x) { return !x.is_delegated() && !x.requester.lock(); });
  }
  void forget_delegated(const caf::node_id& of) {
    remove_if(
      [&](open_request& x) { return x.is_delegated() && x.of_node == of; });
  }
  bool has_own() const noexcept {
    return !own_ages_.empty();
  }
  /// The number of open requests of our own actors to one peer.
  std::size_t size(peer_uid peer) const {
    auto found = count_.find(peer);
    return found == count_.end() ? 0 : found->second;
  }

private:
  struct entry {
    open_request request;
    std::uint64_t order = 0;
  };

  using ages = std::map<std::uint64_t, std::uint64_t>; // order -> number

  ages& ages_of(const open_request& x) noexcept {
    return x.is_delegated() ? delegated_ages_ : own_ages_;
  }

  template <class F>
  void remove_if(F f) {
    for (auto i = all_.begin(); i != all_.end();) {
      if (f(i->second.request)) {
        count_out(i->second.request);
        ages_of(i->second.request).erase(i->second.order);
        i = all_.erase(i);
      } else {
        ++i;
      }
    }
  }

  void count_out(const open_request& x) {
    if (x.is_delegated())
      return;
    auto found = count_.find(x.peer);
    if (--found->second == 0)
      count_.erase(found);
  }

  std::unordered_map<std::uint64_t, entry> all_;
  std::unordered_map<peer_uid, std::size_t> count_; // by peer
  ages own_ages_;
  ages delegated_ages_;
  std::uint64_t last_ = 0;
  std::size_t most_ = 0;
};

} // namespace cafmesh
