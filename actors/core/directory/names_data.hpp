#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "actors/core/directory/directory_messages.hpp"
#include <cafmesh/gossip_data.hpp>

namespace cafmesh::names {

/// The gossip data of the channel of names: `part` messages, an outline, or
/// both. If more data waits for a slow neighbour than fits into a few messages,
/// the neighbour is told only the newest versions and asks for the rest.
class names_data : public gossip_data {
public:
  /// The maximum size in bytes of waiting `part` messages, for one document and
  /// for all. Beyond these sizes, the parts are replaced with messages that
  /// only announce the newest versions.
  static constexpr std::size_t max_of_one = max_message;
  static constexpr std::size_t max_of_all = 4 * max_message;

  /// @pre `message` is a `part` message that decodes, or an outline
  explicit names_data(payload message);

  std::vector<payload> encode() const override;
  gossip_data_ptr merge(const gossip_data& other) const override;
  bool merge_in_place(const gossip_data& other) override;
  bool depends_on_source() const override {
    return false;
  }

private:
  struct waiting_parts {
    header newest;
    std::vector<payload> parts; // in order
    std::size_t bytes = 0;
  };
  void take_in(const gossip_data& other);
  void shorten(waiting_parts& x);

  std::map<life, waiting_parts> documents_;
  std::size_t bytes_ = 0; // of all parts
  payload outline_;       // may be empty
};

} // namespace cafmesh::names
