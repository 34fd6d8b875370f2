#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "actors/core/mesh/shared_block.hpp"

/// Slots of peers, and the connections that one peer reports.
namespace cafmesh {

/// The index under which a peer is stored. Slots are dense: a new peer gets the
/// slot of a removed one.
using slot = std::uint32_t;

class edge_list;

/// The connections that one peer reports, sorted by the remotes' names. A mesh
/// of 1,000 peers may have a million connections, so an edge takes only four
/// bytes. The addresses of the connections are in the peer's encoded record.
/// Immutable. Copies share the edges.
class adjacency {
public:
  /// The greatest slot that an edge can name, far above
  /// `record_limits::max_peers`.
  static constexpr slot max_slot = (slot{1} << 30) - 1;

  struct edge {
    slot to : 30;
    slot outbound : 1;
    slot established : 1;
  };

  /// A view of the edges. Valid as long as any copy of the adjacency exists.
  class edge_view {
  public:
    edge_view(const edge* first, std::size_t count) noexcept
        : first_(first), count_(count) {
    }
    const edge* begin() const noexcept {
      return first_;
    }
    const edge* end() const noexcept {
      return first_ + count_;
    }
    const edge& operator[](std::size_t i) const noexcept {
      return first_[i];
    }
    const edge& front() const noexcept {
      return *first_;
    }
    std::size_t size() const noexcept {
      return count_;
    }
    bool empty() const noexcept {
      return count_ == 0;
    }

  private:
    const edge* first_;
    std::size_t count_;
  };

  /// No connections.
  adjacency() noexcept = default;

  adjacency(const edge_list& xs);

  edge_view edges() const noexcept {
    return {edges_.begin(), edges_.size()};
  }

  /// The address of the edges, for prefetching them.
  const void* address() const noexcept {
    return edges_.address();
  }

  /// A copy in which `moved[x]` replaces each slot `x`.
  adjacency with_slots(const std::vector<slot>& moved) const;

  /// Whether both have connections to the same peers, with the same
  /// `established` flags. Ignores which side has dialled.
  bool same_graph(const adjacency& other) const noexcept;

  /// Whether both have the same edges in every respect.
  bool operator==(const adjacency& other) const noexcept;

private:
  struct nothing {};
  shared_block<nothing, edge> edges_;
};

/// Gathers the edges of an adjacency.
class edge_list {
public:
  void reserve(std::size_t count) {
    edges_.reserve(count);
  }

  /// Appends a connection. The caller must append connections in ascending
  /// order of the peers' names.
  void append(slot to, bool outbound, bool established) {
    edges_.push_back({to & adjacency::max_slot, outbound, established});
  }

  /// Appends the connections of `from` with indices in [first, last). The
  /// caller must keep the ascending order of names.
  void append(const adjacency& from, std::size_t first, std::size_t last);

private:
  friend adjacency;
  std::vector<adjacency::edge> edges_;
};

} // namespace cafmesh
