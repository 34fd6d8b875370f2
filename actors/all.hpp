#pragma once

/// Includes all public headers. They take a second or two to compile; if that
/// is too long, include individual headers.

#include <cafmesh/bytes.hpp>
#include <cafmesh/control.hpp>
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>
#include <cafmesh/events.hpp>
#include <cafmesh/gossip_data.hpp>
#include <cafmesh/gossiping.hpp>
#include <cafmesh/grow_counter.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/ids.hpp>
#include <cafmesh/inspection.hpp>
#include <cafmesh/instant.hpp>
#include <cafmesh/key.hpp>
#include <cafmesh/log.hpp>
#include <cafmesh/lww_map.hpp>
#include <cafmesh/membership.hpp>
#include <cafmesh/name_pool.hpp>
#include <cafmesh/names.hpp>
#include <cafmesh/observed_remove_set.hpp>
#include <cafmesh/options.hpp>
#include <cafmesh/overlay.hpp>
#include <cafmesh/password.hpp>
#include <cafmesh/payload.hpp>
#include <cafmesh/peer_name.hpp>
#include <cafmesh/peer_record.hpp>
#include <cafmesh/presets.hpp>
#include <cafmesh/published_names.hpp>
#include <cafmesh/reachable.hpp>
#include <cafmesh/remote_actors.hpp>
#include <cafmesh/replicated.hpp>
#include <cafmesh/router.hpp>
#include <cafmesh/scheduling.hpp>
#include <cafmesh/settings.hpp>
#include <cafmesh/status.hpp>
#include <cafmesh/status_json.hpp>
#include <cafmesh/storage.hpp>
#include <cafmesh/subnet.hpp>
#include <cafmesh/topics.hpp>
#include <cafmesh/transport.hpp>
#include <cafmesh/type_ids.hpp>
#include <cafmesh/unicast_receiver.hpp>
#include <cafmesh/user_name.hpp>
