#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "actors/core/directory/document_header.hpp"

namespace cafmesh::names {

/// Chooses the member of a pool of actors that gets the next request.
class pool_choice {
public:
  enum class policy : std::uint8_t { round_robin, least_outstanding, nearest };

  struct member {
    life home;
    std::uint64_t actor = 0;
  };
  using key = std::size_t;

  explicit pool_choice(policy x) : policy_(x) {
  }

  /// Replaces the members. Members that stay keep their keys and their counts
  /// of outstanding requests.
  /// @param xs nearest first
  /// @returns the keys of the new members, by their index in `xs`
  std::map<std::size_t, key> set_members(const std::vector<member>& xs);
  void remove(key x);

  /// Chooses a member and counts a request for it; nullopt if there are no
  /// members.
  std::optional<key> choose();
  /// To be called when a request has been answered, or can no longer be
  /// answered.
  void done(key x);

  std::size_t size() const noexcept {
    return members_.size();
  }
  std::vector<key> keys() const;

private:
  struct one {
    key id;
    member who;
    std::size_t outstanding = 0;
  };
  std::vector<one>::iterator find(key x);

  policy policy_;
  std::vector<one> members_; // nearest first
  key last_ = 0;             // the last key given to a member
  std::size_t next_ = 0;     // for round robin
};

} // namespace cafmesh::names
