#pragma once

#include <memory>
#include <vector>

#include <cafmesh/payload.hpp>

namespace cafmesh {

/// The interface of the data that the gossipers of a channel exchange.
class gossip_data;

/// Gossip data, shared between actors and threads. Null means no data.
using gossip_data_ptr = std::shared_ptr<const gossip_data>;

/// The state of a channel, or a change to it. Data that waits for a slow
/// neighbour is merged instead of queued. Immutable, except in
/// `merge_in_place`. Several threads may call the other members at the same
/// time. No member may block. If a member throws, the data is lost, and the
/// loss is counted in channel_status and logged. See PROTOCOL.md, "Gossip
/// channels".
class gossip_data {
public:
  virtual ~gossip_data() = default;

  /// The payloads of the messages that carry this data, in the order in which
  /// they are sent. A payload, the channel's name and 116 more bytes must fit
  /// into a frame of 10 MiB together. Messages that do not fit are logged and
  /// dropped.
  virtual std::vector<payload> encode() const = 0;

  /// Returns a single object that merges this object and `other`; never null.
  /// Both belong to one channel and have the same type, so `other` may be cast
  /// to the type of this object.
  virtual gossip_data_ptr merge(const gossip_data& other) const = 0;

  /// Merges `other` into this object, so that waiting data is not copied for
  /// every change. The library calls this function only on an object that
  /// `merge` returned, before anybody else has seen the object. So a class that
  /// returns true here must return new, non-const objects from `merge`.
  /// @returns false, without a change, if the class does not support this.
  virtual bool merge_in_place(const gossip_data& /*other*/) {
    return false;
  }

  /// Whether receivers depend on which peer sent the data, or on whether the
  /// data comes as a broadcast or as gossip. If not, a peer with many
  /// neighbours may merge broadcasts of several sources, and pass the result on
  /// as gossip to neighbours that have no other neighbours.
  virtual bool depends_on_source() const {
    return true;
  }
};

} // namespace cafmesh
