#include "actors/settings/setting_table.hpp"

#include "actors/settings/preset_table.hpp"
#include "actors/settings/setting_kinds.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

std::vector<setting_row> make_table() {
  using namespace setting_kinds;
  constexpr number_range a_version{1, 2};
  constexpr number_range one_or_more{1};
  return {
    preset_option("defaults of the others: " + preset_list()),
    flavour("kind of peer names, mac or hash, the same in the whole mesh"),
    name("unique in the mesh: MAC address, or any text with hash names"),
    nickname("name for people"),
    host("numeric address to listen on"),
    number(&settings::port, "port",
           "to listen on, and where others are expected to; 0: any"),
    peers("host[:port] to keep connected, repeatable"),
    truth(&settings::discovery, "discovery",
          "dial peers that other peers are connected to"),
    with_default_text("16 if there are more than 50 peers",
                      number(&settings::target_degree, "target_degree",
                             "connections that discovery aims for; 0: to all")),
    passwords("encrypt with this, repeatable; the node dials with the first"),
    password_file_option("file with passwords, one per line"),
    with_default_text("2 with a password, else 1",
                      number(&settings::min_protocol_version,
                             "min_protocol_version",
                             "lowest version to accept, 1 or 2", a_version)),
    number(&settings::max_protocol_version, "max_protocol_version",
           "highest version to offer, 1 or 2", a_version),
    trusted_subnets("where overlay traffic need not be encrypted, repeatable"),
    number(&settings::connection_limit, "connection_limit",
           "most connections to have; 0: no limit"),
    number(&settings::max_strangers, "max_strangers",
           "most unauthenticated inbound connections", one_or_more),
    number(&settings::max_strangers_per_address, "max_strangers_per_address",
           "most of them from one address", one_or_more),
    number(&settings::accept_burst, "accept_burst",
           "connections to accept from one address at once", one_or_more),
    time(&settings::accept_interval, "accept_interval",
         "then one connection per interval"),
    truth(&settings::topology_digests, "topology_digests",
          "send digests of the topology to neighbours that understand them"),
    time(&settings::gossip_interval, "gossip_interval",
         "between two gossips of each channel's complete state"),
    time(&settings::heartbeat_interval, "heartbeat_interval",
         "between two heartbeats"),
    with_default_text("two heartbeats",
                      time(&settings::patience, "patience",
                           "silence after which a neighbour is dead")),
    time(&settings::header_timeout, "header_timeout",
         "for the first bytes of a connection"),
    time(&settings::stall_limit, "stall_limit",
         "after which a neighbour that takes nothing is cut off"),
    time(&settings::answer_limit, "answer_limit",
         "after which a gossiper that does not answer is replaced"),
    time(&settings::retry_initial, "retry_initial",
         "wait after the first failed dial"),
    time(&settings::retry_max, "retry_max", "longest wait between two dials"),
    time(&settings::password_grace, "password_grace",
         "after which connections with a dropped password are closed",
         zero_time::allowed),
    time(&settings::announcement_interval, "announcement_interval",
         "in which topology changes are gathered", zero_time::allowed),
    time(&settings::drain_limit, "drain_limit",
         "for sending what was accepted when the node stops",
         zero_time::allowed),
    number(&settings::max_waiting_bytes, "max_waiting_bytes",
           "most bytes that wait for one connection on one channel"),
    number(&settings::max_surrogate_channels, "max_surrogate_channels",
           "most channels to relay that nobody here has joined"),
    number(&settings::seed, "seed",
           "of all random choices but keys, for repeatable runs"),
  };
}

} // namespace

const std::vector<setting_row>& setting_table() {
  static const auto rows = make_table();
  return rows;
}

std::string text_of(const caf::error& why) {
  return why.context().match_elements<std::string>()
           ? why.context().get_as<std::string>(0)
           : describe(why);
}

} // namespace cafmesh
