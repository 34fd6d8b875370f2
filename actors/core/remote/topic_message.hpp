#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <caf/error.hpp>

#include <cafmesh/bytes.hpp>

/// The messages to the subscribers of a topic. See PROTOCOL.md, "Topics".
namespace cafmesh::remote {

/// The maximum size of a topic in bytes. Subscribers are published under the
/// name `topic_prefix` + topic. A name has at most 255 bytes, and the prefix
/// takes 6 of them.
constexpr std::size_t max_topic = 249;
constexpr const char* topic_prefix = "topic:";

/// @returns errc::bad_setting if the topic is empty or too long
caf::error check_topic(const std::string& topic);

/// If at most this many peers have subscribers, a message is sent to each of
/// them as a unicast. Otherwise it is sent to all peers as one broadcast.
constexpr std::size_t most_unicasts = 8;

/// A message to the subscribers of a topic.
struct topic_message {
  std::uint64_t publisher = 0; ///< random; new in each life of the publisher
  std::uint64_t number = 0;    ///< counts its messages to this topic, from 1 on
  std::string topic;
  byte_view content; ///< set by `read_topic_message`; points into its input
};

/// Appends everything but the content to `out`. The caller appends the content.
void append_topic_message(bytes& out, const topic_message& x);

/// @returns nullopt if the bytes are malformed
std::optional<topic_message> read_topic_message(byte_view from);

} // namespace cafmesh::remote
