#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/meshd/mesh/kv_store.hpp"
#include <cafmesh/lww_map.hpp>

namespace meshd {

/// The ETag of an entry. It consists of the entry's clock and owner, which
/// identify the write that made it.
std::string etag_of(const cafmesh::lww_map::entry& x);

struct kv_write {
  std::string key;
  std::optional<cafmesh::payload> value; ///< absent: delete
  kv_condition condition;
  bool durable = false;
  answer<kv_written> then;
  result<kv_written> outcome;
};

/// Writes that become a single change to the map.
class kv_batch {
public:
  kv_batch(std::vector<kv_write> xs, cafmesh::peer_name us,
           std::size_t max_bytes)
      : all_(std::move(xs)), us_(us), max_bytes_(max_bytes) {
  }

  /// Carries out the writes in order. Called once, by the actor that owns the
  /// map.
  /// @returns the changes of all writes that succeed
  cafmesh::lww_map apply(const cafmesh::lww_map& map);

  /// Answers the clients.
  /// @param failure why the map was not changed; null if it was changed
  void answer_all(const problem* failure);

private:
  result<kv_written> apply_one(const kv_write& x, cafmesh::lww_map& now,
                               cafmesh::lww_map& changes) const;

  std::vector<kv_write> all_;
  cafmesh::peer_name us_;
  std::size_t max_bytes_;
};

using kv_batch_ptr = std::shared_ptr<kv_batch>;

} // namespace meshd
