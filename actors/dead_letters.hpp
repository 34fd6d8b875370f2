#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/config.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cafmesh/dead_letter.hpp>

namespace cafmesh {

/// An actor that users write. It receives `dead_letters`.
using dead_letter_watcher_actor =
  caf::typed_actor<caf::reacts_to<dead_letters>>;

/// users -> directory: report dropped messages to this actor from now on, until
/// it ends. At most `actor_settings::dead_letter_window` reports wait for a
/// slow watcher; further ones are only counted. Answered with errc::bad_setting
/// if `watcher` is null. Cast a dynamically typed watcher with caf::actor_cast.
struct watch_dead_letters {
  dead_letter_watcher_actor watcher;
};

} // namespace cafmesh

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::dead_letters)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::watch_dead_letters)
