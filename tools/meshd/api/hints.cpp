#include "tools/meshd/api/hints.hpp"

#include <string_view>

namespace meshd {

namespace {

struct coded_hint {
  std::string_view code;
  std::string_view hint;
};

constexpr std::string_view peers = "GET /v1/peers lists the peers.";
constexpr std::string_view description =
  "/v1/openapi.json describes what is allowed.";
constexpr std::string_view may_be_done =
  "The request may have been carried out; repeat it only if that does no harm.";

constexpr coded_hint hints[] = {
  {"actor_failed", "The log of the actor's program may say more."},
  {"answer_lost",
   "The request has been carried out; repeat it only if that does no harm."},
  {"bad_address", "Write an address as host or host:port."},
  {"bad_body", description},
  {"bad_peer_name", peers},
  {"bad_query", description},
  {"bad_value", description},
  {"congested", "Send more slowly."},
  {"duplicate_channel", "Choose another name."},
  {"ended", may_be_done},
  {"internal", "Try again; the log of meshd may say more."},
  {"joining", "Try again in a moment."},
  {"left", may_be_done},
  {"lost", "Try again."},
  {"malformed", description},
  {"no_answer", "Only peers that run meshd answer pings."},
  {"no_basic_value", "Give the actor a handler that answers with those."},
  {"no_connection", "Try again once the mesh has found another way."},
  {"no_handler",
   "Write the type of a number, such as {\"i64\": 7}; GET /v1/actors shows the "
   "interface of a typed actor."},
  {"no_header", "Send {\"to\":\"PEER\"} or {} as a text frame first."},
  {"no_route", "GET /v1/peers lists the peers that can be reached."},
  {"no_such_counter", "Ask once with a token that allows writing."},
  {"no_such_key", "GET /v1/kv lists the keys."},
  {"no_such_peer", peers},
  {"no_such_set", "Ask once with a token that allows writing."},
  {"no_such_target",
   "GET /v1/targets lists the addresses; those with wanted can be forgotten."},
  {"not_stored", "Start it with a state folder, or leave out durable."},
  {"own_name", peers},
  {"precondition_failed",
   "GET the key for its present ETag, and decide again."},
  {"reserved_channel",
   "Choose another name; /v1/counters and /v1/sets are the way to counters and "
   "sets."},
  {"restarted", may_be_done},
  {"starting", "Wait for it: GET /readyz?wait=60s."},
  {"stopping", "Use another node, or wait until this one is back."},
  {"storage_failed",
   "The change is made, and other nodes have it, but the file of this node may "
   "not; the log says why."},
  {"timed_out", may_be_done},
  {"too_large", "Split the data."},
  {"too_many", "Restart it with a higher limit."},
  {"too_many_channels", "Leave a channel, or raise max-channels."},
  {"too_many_pings", "Try again in a moment."},
  {"too_many_streams", "Try again later, or raise max-streams."},
  {"unknown_name", "GET /v1/actors lists the names."},
  {"unknown_type",
   "Use types that the actor's program knows; GET /v1/actors shows the "
   "interface of a typed actor."},
  {"unreachable", may_be_done},
};

} // namespace

std::string usual_hint(const std::string& code) {
  for (const auto& x : hints)
    if (x.code == code)
      return std::string{x.hint};
  return {};
}

} // namespace meshd
