#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/meshd/mesh/problem.hpp"
#include <cafmesh/packed_bytes.hpp>
#include <cafmesh/payload.hpp>

namespace meshd {

struct mesh_parts;

struct kv_entry {
  std::string key;
  std::string etag; ///< with quotes, as in the header
  std::string owner;
  cafmesh::packed_bytes value;
};

problem no_such_key(const std::string& key);

struct kv_page {
  std::vector<kv_entry> entries;
  std::optional<std::string> next; ///< pass it as `after` to go on
};

/// A change to a key. `etag` is empty if the key was deleted. `old_etag` is
/// empty if the key did not exist before.
struct kv_change {
  std::string key;
  std::string etag;
  std::string old_etag;
  cafmesh::packed_bytes value;
};

/// The condition of a write. It is checked against this node's replica, not
/// against the whole mesh.
struct kv_condition {
  bool must_exist = false;        ///< If-Match: *
  bool must_be_absent = false;    ///< If-None-Match: *
  std::vector<std::string> etags; ///< If-Match; empty: any
};

struct kv_written {
  std::string etag; ///< empty after a delete
  bool was_there = false;
};

/// The maximum memory of the map, in bytes. Entries of other peers that would
/// exceed it are ignored.
/// @param max_bytes see kv_store::options
constexpr std::size_t memory_limit(std::size_t max_bytes) {
  return std::max<std::size_t>(64 * 1024 * 1024, 4 * max_bytes);
}

/// The key-value map. All members are to be used on the HTTP thread.
class kv_store {
public:
  struct options {
    std::string channel;
    std::chrono::milliseconds retention{};
    std::size_t max_bytes = 0; ///< keys and values; local writes only
    std::string file;          ///< where the map is kept; empty: nowhere
  };

  /// @param on_changes called on the HTTP thread with each batch of changes, in
  ///        order; never called for the stored entries
  kv_store(std::shared_ptr<const mesh_parts> parts, options with,
           std::function<void(const std::vector<kv_change>&)> on_changes);
  ~kv_store();
  kv_store(const kv_store&) = delete;
  kv_store& operator=(const kv_store&) = delete;

  /// Answers once the stored entries are read and the channel is joined.
  void await_loaded(answer<done> then);
  /// Whether the stored entries are read and the channel is joined. Until then,
  /// `get` and `page` find no entries.
  bool is_loaded() const;

  /// The entry of a key. It reflects all writes that were answered before this
  /// call.
  std::optional<kv_entry> get(std::string_view key) const;

  /// Lists in order the entries after the key `after` whose keys begin with
  /// `prefix`. A page may be short although more entries follow.
  kv_page page(const std::string& prefix, const std::string& after,
               std::size_t limit, bool with_values) const;
  /// Lists entries of the map. The function that `reported` returns lists the
  /// map as of the last change that was passed to `on_changes`. Callers can
  /// keep this function, because later changes do not affect what it lists.
  using lister = std::function<kv_page(
    const std::string& prefix, const std::string& after, std::size_t limit)>;
  lister reported() const;

  bool is_stored() const;

  /// @param durable whether the answer waits until the write is on disk; this
  ///        needs a file in `options`
  void put(std::string key, cafmesh::payload value, kv_condition condition,
           bool durable, answer<kv_written> then);
  void erase(std::string key, kv_condition condition, bool durable,
             answer<kv_written> then);

  std::size_t size() const;
  std::size_t bytes() const;
  std::size_t tombstones() const;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace meshd
