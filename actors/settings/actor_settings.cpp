#include <limits>

#include "actors/settings/setting_kinds.hpp"
#include "actors/settings/setting_table.hpp"
#include <cafmesh/errc.hpp>

// The table of the settings in `actor_settings`, and the checks of how these
// settings relate to each other.
namespace cafmesh {

namespace {

constexpr std::size_t largest_message = 256 * 1024 * 1024;
constexpr std::size_t least_window = 1024;
// Small enough that the sum of several windows does not overflow.
constexpr auto largest_window = std::numeric_limits<std::int64_t>::max() / 8;
constexpr auto largest_count = std::size_t{1} << 30;
constexpr std::size_t most_dead_letters = 64 * 1024;
constexpr std::size_t most_spawnable = 1024;
// A name in the directory has at most 255 bytes. An actor type is published as
// `spawn:` and its name, so 255 - 6 = 249 bytes are left for the name.
constexpr std::uint64_t longest_type = 249;
constexpr std::chrono::milliseconds least_down_after{100};

std::vector<actor_setting_row> make_actor_table() {
  using namespace setting_kinds;
  constexpr number_range a_count{1, largest_count};
  constexpr number_range a_window{least_window, largest_window};
  using all = actor_settings;
  return {
    time(&all::down_after, "down_after",
         "silence after which a peer is unreachable"),
    time(&all::left_after, "left_after",
         "without a route, after which a peer has left"),
    time(&all::handle_grace, "handle_grace",
         "during which peers may address an actor whose handle was sent"),
    number(&all::max_message, "max_message",
           "most bytes of a message between actors",
           number_range{1, largest_message}),
    number(&all::window, "window",
           "most bytes that a peer has not processed yet", a_window),
    number(&all::actor_window, "actor_window",
           "most bytes that one remote actor has not processed yet", a_window),
    number(&all::large_window, "large_window",
           "most bytes in messages beyond 64 KiB that a peer has not processed "
           "yet",
           a_window),
    number(&all::partial_limit, "partial_limit",
           "most bytes in messages that have arrived in part",
           number_range{1, largest_window}),
    number(&all::max_handles, "max_handles",
           "most local actors of which one peer may hold handles", a_count),
    number(&all::max_open_requests, "max_open_requests",
           "most requests to peers that wait for answers", a_count),
    number(&all::max_nodes, "max_nodes",
           "most actor systems of whose actors there are handles", a_count),
    number(&all::topic_window, "topic_window",
           "most bytes of topics that wait for a subscriber", a_window),
    number(&all::dead_letter_window, "dead_letter_window",
           "most dropped messages that wait for a watcher",
           number_range{1, most_dead_letters}),
    truth(&all::remote_exits, "remote_exits",
          "let peers end published actors with exit messages"),
    text_list(&all::spawnable, "spawnable",
              "actor types that peers may spawn here", most_spawnable,
              number_range{1, longest_type}),
    number(&all::max_spawned, "max_spawned",
           "most actors of one peer that were spawned here and have not ended",
           a_count),
    time(&all::spawn_time, "spawn_time",
         "that making an actor for a peer may take"),
    number(&all::seed, "seed", "of all random choices, for repeatable tests"),
  };
}

/// Checks the minimum of `down_after`, and how settings relate to each other.
/// @pre the other checks of single settings have passed
caf::error check_actor_relations(const actor_settings& x,
                                 const setting_names<actor_settings>& names) {
  auto name = [&](const auto& field) {
    return name_of(actor_setting_table(), x, &field, names);
  };
  auto bad = [&](const auto& field, const std::string& expected) {
    return make_error(errc::bad_setting, name(field) + " must be " + expected);
  };
  if (x.down_after < least_down_after)
    return bad(x.down_after, "at least 100 ms");
  if (x.left_after > x.down_after)
    return bad(x.left_after, "at most " + name(x.down_after) + ", which is "
                               + setting_kinds::shown(x.down_after));
  if (x.actor_window > x.window)
    return bad(x.actor_window, "at most " + name(x.window) + ", which is "
                                 + std::to_string(x.window));
  if (x.partial_limit < x.max_message)
    return bad(x.partial_limit, "at least " + name(x.max_message)
                                  + ", which is "
                                  + std::to_string(x.max_message));
  return {};
}

} // namespace

const std::vector<actor_setting_row>& actor_setting_table() {
  static const auto rows = make_actor_table();
  return rows;
}

caf::error check(const actor_settings& x,
                 const setting_names<actor_settings>& names) {
  if (auto err = check_fields(actor_setting_table(), x, names))
    return err;
  return check_actor_relations(x, names);
}

caf::error check(const actor_settings& x) {
  return check(x, field_name<actor_settings>);
}

} // namespace cafmesh
