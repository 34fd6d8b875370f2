#pragma once

#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "messages/wire/counter_state.hpp"
#include "messages/wire/envelope.hpp"
#include "messages/wire/features.hpp"
#include "messages/wire/frame.hpp"
#include "messages/wire/topology_update.hpp"
#include "tests/support/encoded_records.hpp"

/// Calls every reader of bytes from remotes, and checks what must be true of
/// its result.
namespace cafmesh::test {

using namespace cafmesh::wire;

inline std::vector<peer_record>
read_update(byte_view input, name_flavour flavour, caf::error& err) {
  std::vector<peer_record> result;
  topology_update_reader reader{input, flavour};
  peer_record x;
  while (reader.next(x.peer) && read_connections(reader, x.connections))
    result.push_back(x);
  err = reader.error();
  return result;
}

inline bool lies_in(byte_view part, byte_view whole) {
  return part.empty()
         || (part.begin() >= whole.begin() && part.end() <= whole.end());
}

inline void read_frame(framing kind, byte_view input) {
  auto found = scan_frame(kind, input, max_frame_size);
  auto complete = found.status == frame_status::complete;
  BOOST_REQUIRE(
    (complete ? found.consumed <= input.size() && lies_in(found.content, input)
              : found.consumed == 0));
  if (found.status == frame_status::incomplete)
    BOOST_REQUIRE((found.needed == 0 || found.needed > input.size()));
}

inline void read_envelopes(byte_view input, name_flavour flavour) {
  for (auto tag :
       {message_tag::gossip, message_tag::unicast, message_tag::broadcast}) {
    envelope found;
    if (read_envelope(tag, input, flavour, found))
      BOOST_REQUIRE((lies_in(byte_view{found.channel}, input)
                     && lies_in(found.data, input)));
  }
}

inline void read_topology(byte_view input, name_flavour flavour) {
  caf::error err;
  for (const auto& x : read_update(input, flavour, err)) {
    BOOST_REQUIRE(!x.peer.name.is_unknown());
    auto unsorted = std::adjacent_find(
      x.connections.begin(), x.connections.end(),
      [](const auto& a, const auto& b) { return !(a.remote < b.remote); });
    BOOST_REQUIRE((unsorted == x.connections.end()));
  }
  topology_update_reader reader{input, flavour};
  peer_summary summary;
  while (reader.next(summary))
    continue;
}

/// Gives the same bytes to every reader. Each must return an error or a valid
/// value.
inline void read_everything(byte_view input, name_flavour flavour) {
  read_frame(framing::gob, input);
  read_frame(framing::length_prefix, input);
  read_envelopes(input, flavour);
  read_topology(input, flavour);
  read_features(input);
  std::size_t consumed = 0;
  if (read_features(input, &consumed))
    BOOST_REQUIRE(consumed <= input.size());
  read_counters(input, flavour, [](auto&&...) { return true; });
  peer_name::parse(input.as_text(), flavour);
  peer_name::from_bytes(input, flavour);
}

} // namespace cafmesh::test
