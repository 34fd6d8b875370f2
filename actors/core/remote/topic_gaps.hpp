#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>

namespace cafmesh::remote {

/// Counts the messages to topics that were lost on the way. Each publisher
/// numbers its messages. A number counts as missing if it has not arrived, but
/// a lower and a higher number have. The order of arrival does not matter.
/// Numbers can be forged, so the count is only shown and decides nothing.
class topic_gaps {
public:
  /// The maximum number of counts, one for each topic and publisher. If there
  /// are more, the least recently updated one is dropped.
  static constexpr std::size_t most = 16 * 1024;
  /// A number that is farther than this from those that have arrived starts a
  /// new count.
  static constexpr std::uint64_t farthest = 64 * 1024;

  void heard(const std::string& topic, std::uint64_t publisher,
             std::uint64_t number);
  /// To be called when no actor here subscribes to the topic any longer.
  void forget(const std::string& topic);

  /// The total number of missing messages. It includes those of topics and
  /// publishers that are not tracked any more.
  std::uint64_t missed() const noexcept {
    return past_ + present_;
  }
  std::size_t size() const noexcept {
    return all_.size();
  }

private:
  using key = std::pair<std::string, std::uint64_t>;
  struct count {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t received = 0;
    std::list<key>::iterator age;

    std::uint64_t missing() const noexcept {
      auto all = last - first + 1;
      return all > received ? all - received : 0;
    }
  };
  using counts = std::map<key, count>;

  counts::iterator end(counts::iterator i);

  counts all_;
  std::list<key> by_age_; // least recently updated first
  std::uint64_t past_ = 0;
  std::uint64_t present_ = 0;
};

} // namespace cafmesh::remote
