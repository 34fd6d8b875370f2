#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <cafmesh/ids.hpp>

namespace meshd {

/// How a life ended. `unclean` means that its end was not recorded, because the
/// process was killed or crashed, the machine lost power, or writing failed.
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

/// The latest lives of this peer, the oldest first. In text form, each life is
/// one line with a JSON object, which has the life's number and the fields of
/// `json_of`.
class lives {
public:
  static constexpr std::size_t most = 64;

  /// @returns nothing if the text is damaged
  static std::optional<lives> parse(const std::string& text);
  std::string text() const;

  /// Adds a life, and forgets the oldest if there are too many.
  void begin(cafmesh::peer_uid uid, std::chrono::system_clock::time_point now);
  void end(life_end how, std::chrono::system_clock::time_point now);

  const std::vector<life>& all() const {
    return all_;
  }
  std::vector<cafmesh::peer_uid> uids() const;

private:
  std::vector<life> all_;
};

} // namespace meshd
