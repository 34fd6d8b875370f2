#pragma once

#include <chrono>
#include <vector>

#include "tools/benchmarks/stamp.hpp"
#include <cafmesh/gossip_data.hpp>

/// The content of the broadcasts of a benchmark, and how it is merged.
namespace bench {

// Flags in the stamp of a broadcast, in addition to those that stamp.hpp
// defines.

/// Asks listeners to acknowledge the message to the source.
constexpr std::uint64_t acknowledge_mark = std::uint64_t{1} << 61;
/// Marks a message that is sent while no other is in flight. Listeners measure
/// the latency of such messages.
constexpr std::uint64_t alone_mark = std::uint64_t{1} << 60;
constexpr std::uint64_t all_marks =
  last_mark | probe_stamp | acknowledge_mark | alone_mark;

/// The wall-clock time in nanoseconds since the Unix epoch. All processes of
/// this machine share this clock.
inline std::uint64_t wall_now() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds{now}.count());
}

/// A list of messages. Merging keeps all of them, so that each can be checked.
class message_list : public cafmesh::gossip_data {
public:
  explicit message_list(std::vector<cafmesh::payload> messages)
      : messages_(std::move(messages)) {
  }
  std::vector<cafmesh::payload> encode() const override {
    return messages_;
  }
  cafmesh::gossip_data_ptr
  merge(const cafmesh::gossip_data& other) const override {
    auto& theirs = static_cast<const message_list&>(other).messages_;
    auto both = messages_;
    both.insert(both.end(), theirs.begin(), theirs.end());
    return std::make_shared<message_list>(std::move(both));
  }

private:
  std::vector<cafmesh::payload> messages_;
};

} // namespace bench
