#pragma once

/// All that a user needs: `#include <cafmesh/all.hpp>`. Takes a second or two
/// to compile; those who count them include what they use.

#include "../messages/actor_interfaces.hpp"
#include "../messages/errc.hpp"
#include "../messages/gossip_data.hpp"
#include "../messages/payload.hpp"
#include "../messages/peer_name.hpp"
#include "../messages/quoted.hpp"
#include "../messages/type_ids.hpp"
#include "log.hpp"
#include "options.hpp"
#include "overlay.hpp"
#include "presets.hpp"
#include "replicated.hpp"
#include "router.hpp"
#include "settings.hpp"
#include "status_json.hpp"
#include "transport.hpp"
#include "unicast_receiver.hpp"
