#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>

#include "tests/support/mesh.hpp"

namespace cafmesh::test {

/// A mesh in virtual time. The seed determines everything that happens.
class seeded_mesh : public mesh {
public:
  /// What happened, one step per line.
  std::string story;

protected:
  static constexpr auto gossip_interval = seconds{5};

  seeded_mesh(std::uint64_t seed, std::size_t fewest, std::size_t most);

  /// Settings with short intervals and timeouts, so that little virtual time
  /// passes without events.
  settings quick_settings_for(char who);

  /// Whether every node sees this topology. It is in the form of
  /// node::topology, such as `a>b b>a c`.
  bool all_see(const std::string& topology);
  /// Lets virtual time pass until `agree` returns true.
  /// @param expected the topology, for the message of a failure
  /// @returns the virtual time that it took. If that exceeds `limit`, records
  ///          the failure and returns nullopt.
  std::optional<duration> wait_until(const std::function<bool()>& agree,
                                     const std::string& expected,
                                     duration limit, duration step);
  /// Whether every other node has received the broadcast `word` of `from`
  /// exactly once. If not, records the failure.
  bool came_once(char from, const std::string& word,
                 const std::string& topology);

  /// Records a failure, unless there was one before.
  /// @returns false
  bool fail(const std::string& what);
  void note(const std::string& what);
  std::size_t below(std::size_t limit) {
    return rng_() % limit;
  }
  std::string letters() const {
    return std::string{"abcdefgh"}.substr(0, size_);
  }

  std::mt19937_64 rng_;
  std::size_t size_;
  bool discovery_;
  enum class digest_use { all, nobody, every_second_node };
  digest_use digests_;
  std::string wrong_; // the first failure
};

} // namespace cafmesh::test
