#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <cafmesh/detail/fingerprint.hpp>

namespace cafmesh::names {

/// The names that each of the latest versions of a `document` has changed. A
/// peer that has one of these versions is sent only the changes since then.
class change_log {
public:
  /// Adds a version and the names that it changed. Forgets the oldest versions
  /// if the log exceeds `limit` bytes.
  /// @param content the fingerprint of all entries in this version
  void add(std::uint64_t version, fingerprint content,
           std::vector<std::string> names, std::size_t limit);
  void clear();

  /// The names that have changed since this version; nullopt if the log does
  /// not have the version.
  std::optional<std::set<std::string>> since(std::uint64_t version,
                                             fingerprint content) const;

  /// An upper bound on the number of names that `since` would return. Takes
  /// less time than `since`.
  std::optional<std::size_t> count_since(std::uint64_t version,
                                         fingerprint content) const;

  std::size_t bytes() const noexcept {
    return bytes_;
  }

private:
  struct step {
    std::uint64_t version;
    fingerprint content;
    std::vector<std::string> names;
  };
  using steps = std::deque<step>;
  static std::size_t size_of(const step& x);
  steps::const_iterator find(std::uint64_t version, fingerprint content) const;

  steps steps_; // ascending by version
  std::size_t bytes_ = 0;
};

} // namespace cafmesh::names
