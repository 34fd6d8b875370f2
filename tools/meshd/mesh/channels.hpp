#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/meshd/mesh/deadlines.hpp"
#include "tools/meshd/mesh/problem.hpp"
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>

namespace meshd {

struct mesh_parts;

struct channel_message {
  cafmesh::peer_name from;
  bool is_unicast = false;
  cafmesh::payload data;
};

/// Called with the messages of a channel, on the HTTP thread. Further messages
/// follow only after the reader has returned.
using message_reader = std::function<void(const std::string& channel,
                                          const std::vector<channel_message>&)>;

problem not_joined(const std::string& name);

/// The channels that clients have joined. To be used on the HTTP thread.
class channels {
public:
  channels(std::shared_ptr<const mesh_parts> parts, std::size_t most,
           message_reader reader);
  ~channels();
  channels(const channels&) = delete;
  channels& operator=(const channels&) = delete;

  bool is_joined(const std::string& name) const;

  /// Joins a channel. The answer is true if the channel was not joined before.
  void join(const std::string& name, answer<bool> then);

  /// Leaves a channel. Answers once the channel can be joined again.
  void leave(const std::string& name, answer<done> then);

  /// Forgets a channel. To be called when the mesh reports that the channel's
  /// actor has ended.
  void ended(const std::string& name);

  /// Sends a unicast. Answers once the next hop has taken the data.
  void send(const std::string& name, cafmesh::peer_name to,
            cafmesh::payload data, answer<done> then);

  void broadcast(const std::string& name, cafmesh::payload data);

  /// Answers once the mesh has taken the data. Slow neighbours may lose it.
  void broadcast(const std::string& name, cafmesh::payload data,
                 answer<done> then);

private:
  struct channel;
  using channel_ptr = std::shared_ptr<channel>;

  channel_ptr find(const std::string& name) const;
  template <class Message>
  void pass(const channel& to, Message what, answer<done> then);
  void joined(const std::string& name, const channel_ptr& x,
              const answer<bool>& then, result<done> outcome);

  std::shared_ptr<const mesh_parts> parts_;
  std::size_t most_;
  message_reader reader_;
  std::map<std::string, channel_ptr> all_;
  std::map<std::string, std::vector<answer<done>>> leaving_;
  deadlines ends_; // of messages
};

} // namespace meshd
