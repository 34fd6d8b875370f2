#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <caf/error.hpp>

#include <cafmesh/bytes.hpp>

/// What peers tell each other of topics. Serves PROTOCOL.md, "Topics".
namespace cafmesh::remote {

/// Published names have up to 255 bytes, of which the prefix takes six.
constexpr std::size_t max_topic = 249;
constexpr const char* topic_prefix = "topic:";

/// @returns errc::bad_setting if the topic is empty or too long
caf::error check_topic(const std::string& topic);

/// Peers with subscribers that are each sent a message of their own. If there
/// are more, one broadcast goes to all peers.
constexpr std::size_t most_unicasts = 8;

/// The head of one message to the subscribers of a topic.
struct topic_message {
  std::uint64_t publisher = 0; ///< a random number of its life
  std::uint64_t number = 0;    ///< counts its messages to this topic, from 1 on
  std::string topic;
  byte_view content; ///< a part of what was read
};

/// @param out gets everything but the content, which may be appended then
void append_topic_message(bytes& out, const topic_message& x);

/// @returns nothing if the bytes are malformed
std::optional<topic_message> read_topic_message(byte_view from);

} // namespace cafmesh::remote
