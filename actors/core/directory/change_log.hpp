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

/// The names that the last versions of a document changed, so that a peer with
/// one of these versions is sent changes instead of the whole.
class change_log {
public:
  /// A version was reached. Forgets the oldest ones beyond `limit` bytes.
  /// @param content after the change
  void add(std::uint64_t version, fingerprint content,
           std::vector<std::string> names, std::size_t limit);
  void clear();

  /// The names that have changed since this version; nullopt if that is not
  /// known.
  std::optional<std::set<std::string>> since(std::uint64_t version,
                                             fingerprint content) const;

  /// How many names that are at most, without looking at them.
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
