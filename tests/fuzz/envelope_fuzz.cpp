#include "messages/wire/envelope.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include "tests/support/encoded_messages.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;
using namespace cafmesh::wire;

namespace {

void check(message_tag tag, byte_view payload, name_flavour flavour) {
  envelope found;
  if (!read_envelope(tag, payload, flavour, found))
    return;
  require_within(byte_view{found.channel}, payload);
  require_within(found.data, payload);
  bytes out;
  test::append_message(tag, found.channel, found.source, found.destination,
                       found.data, out);
  require(out.size()
            == message_size(tag, found.channel, found.source, found.destination,
                            found.data.size()),
          "the size is known beforehand");
  require(out[0] == static_cast<std::uint8_t>(tag), "the tag comes first");
  envelope again;
  require(read_envelope(tag, byte_view{out}.sub(1), flavour, again),
          "what we write can be read");
  require(again.channel == found.channel && again.source == found.source
            && again.data == found.data
            && (tag != message_tag::unicast
                || again.destination == found.destination),
          "messages survive");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  for (auto flavour : all_name_flavours)
    for (auto tag :
         {message_tag::gossip, message_tag::unicast, message_tag::broadcast})
      check(tag, {data, size}, flavour);
  return 0;
}
