#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <cafmesh/ids.hpp>

namespace meshd {

/// `unclean`: no end was noted, because the process was killed or has crashed,
/// the machine has lost power, or the end could not be written.
enum class life_end : std::uint8_t { unclean, stopped, failed };

std::string to_string(life_end x);

struct life {
  std::uint64_t number = 0; ///< counts from 1
  cafmesh::peer_uid uid = cafmesh::peer_uid::none;
  std::chrono::system_clock::time_point began{};
  life_end end = life_end::unclean;
  std::chrono::system_clock::time_point ended{}; ///< unless `unclean`
};

/// The life as JSON, without its number.
nlohmann::ordered_json json_of(const life& x);

/// The latest lives of this peer, the oldest first. Their text has a line for
/// each, with the number and what `json_of` returns as one JSON object.
class lives {
public:
  static constexpr std::size_t most = 64;

  /// @returns nothing if the text is damaged
  static std::optional<lives> parse(const std::string& text);
  std::string text() const;

  /// Adds a life, and forgets the oldest if there are too many.
  void begin(cafmesh::peer_uid uid, std::chrono::system_clock::time_point now);
  /// Notes the end of the latest life.
  void end(life_end how, std::chrono::system_clock::time_point now);

  const std::vector<life>& all() const {
    return all_;
  }
  std::vector<cafmesh::peer_uid> uids() const;

private:
  std::vector<life> all_;
};

} // namespace meshd
