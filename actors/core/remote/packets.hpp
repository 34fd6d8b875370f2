#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <cafmesh/bytes.hpp>
#include <cafmesh/ids.hpp>
#include <cafmesh/payload.hpp>

/// The unicasts between the actor layers of two peers. See PROTOCOL.md,
/// "Messages between actors".
namespace cafmesh::remote {

enum class packet_kind : std::uint8_t {
  hello = 1,   ///< asks for the receiver's token
  welcome = 2, ///< the answer: the sender's token
  traffic = 3,
  farewell = 4, ///< the sender leaves the mesh
};

/// Identifies the session of a packet. The receiver's token is a random number.
/// By sending it back, the sender proves that it gets the receiver's packets.
struct packet_head {
  packet_kind kind = packet_kind::hello;
  peer_uid from{};
  peer_uid to{};
  /// `from_token` is the number that the sender has drawn for this session.
  /// `to_token` is the one that the receiver has told the sender; 0 if the
  /// sender does not know it yet.
  std::uint64_t from_token = 0;
  std::uint64_t to_token = 0;
  /// Grows with each token that the sender draws for this peer.
  std::uint64_t epoch = 0;
};

/// The state of the sender's half of the session, which each packet of traffic
/// carries. All numbers only grow.
struct traffic_head {
  bool wants_answer = false;
  std::uint64_t number = 0;  ///< this packet's number; 0 if it has no data
  std::uint64_t highest = 0; ///< the highest number used so far
  /// The receiver's packets up to this number were delivered, or were reported
  /// as lost in a control frame that the receiver has acknowledged.
  std::uint64_t settled = 0;
  std::uint64_t controls = 0; ///< the number up to which control frames arrived
  std::uint64_t credit = 0;   ///< the cost of all data frames processed so far
  std::uint64_t large_credit = 0; ///< the same for fragments
};

/// Numbers beyond this are malformed, so that sums do not overflow.
constexpr std::uint64_t max_number = std::uint64_t{1} << 60;

/// Packets with more frames are malformed, because a frame may be about 40
/// times as large in memory as on the wire. Honest senders stay far below this
/// number, because they gather frames into packets of 32 KiB.
constexpr std::size_t max_frames = 32 * 1024;

/// A message of more than this number of bytes is sent in fragments of this
/// size.
constexpr std::size_t fragment_size = 64 * 1024;

/// The usual size of a frame in bytes, used to estimate the memory that a
/// packet needs.
constexpr std::size_t usual_frame = 128;

/// The minimum size in bytes of every fragment of a message except the last.
/// Limits the number of fragments per message. Also makes the first fragment
/// large enough for the body's whole head.
constexpr std::size_t least_fragment = 16 * 1024;

enum class frame_kind : std::uint8_t {
  data = 0,
  control = 1,
  lost = 2,
  fragment = 3,
};

constexpr bool carries_data(frame_kind x) noexcept {
  return x == frame_kind::data || x == frame_kind::fragment;
}

struct fragment_place {
  std::uint64_t message = 0; ///< counted from 1 in each session
  std::uint64_t offset = 0;
  std::uint64_t total = 0; ///< size of the whole message
};

/// One frame of a packet. Control frames and reports of lost packets are
/// repeated until they arrive. They are delivered in the order of `number`, and
/// after all packets up to `after`.
struct frame_view {
  frame_kind kind = frame_kind::data;
  std::uint64_t number = 0;
  std::uint64_t after = 0;
  payload body; ///< empty for `lost`, and for a message that is given up
  std::uint64_t first_lost = 0;
  std::uint64_t last_lost = 0;
  fragment_place place; ///< of a fragment
};

struct packet {
  packet_head head;
  traffic_head traffic;           ///< only in a packet of traffic
  std::vector<frame_view> frames; ///< only in a packet of traffic
};

void append_head(bytes& out, const packet_head& x);
void append_traffic(bytes& out, const traffic_head& x);
void append_data(bytes& out, byte_view body);
void append_control(bytes& out, std::uint64_t number, std::uint64_t after,
                    byte_view body);
void append_lost(bytes& out, std::uint64_t number, std::uint64_t after,
                 std::uint64_t first, std::uint64_t last);
/// Appends a fragment. An empty `body` tells the receiver that the sender has
/// abandoned the message.
void append_fragment(bytes& out, const fragment_place& x, byte_view body);

/// @returns nullopt if the bytes are not a packet, or if the packet has a
///          number beyond `max_number`, data but no number, or a fragment that
///          is too small or ends beyond its message
std::optional<packet> read_packet(const payload& from);
/// Like the other `read_packet`, but reuses the memory of `out`.
/// @returns false instead of nullopt; `out` is then incomplete
bool read_packet(const payload& from, packet& out);

} // namespace cafmesh::remote
