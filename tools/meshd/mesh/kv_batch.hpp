#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/meshd/mesh/kv_store.hpp"
#include <cafmesh/lww_map.hpp>

/// Writes to the key-value map that are made together.
namespace meshd {

/// The ETag of an entry: its clock and owner, which identify a write.
std::string etag_of(const cafmesh::lww_map::entry& x);

/// A write of one client.
struct kv_write {
  std::string key;
  std::optional<cafmesh::payload> value; ///< absent: delete
  kv_condition condition;
  bool durable = false;
  answer<kv_written> then;
  result<kv_written> outcome;
};

/// Writes that become one change of the map.
class kv_batch {
public:
  kv_batch(std::vector<kv_write> xs, cafmesh::peer_name us,
           std::size_t max_bytes)
      : all_(std::move(xs)), us_(us), max_bytes_(max_bytes) {
  }

  /// Carries out the writes one after the other. Called once, by the map's
  /// actor.
  /// @returns the change; a write that fails is not part of it
  cafmesh::lww_map apply(const cafmesh::lww_map& map);

  /// Answers the clients.
  /// @param failure why the change was not made; null if it was
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
