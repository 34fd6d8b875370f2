#include "actors/core/link/link.hpp"

#include <vector>

#include "tests/fuzz/fixed_keys.hpp"
#include "tests/fuzz/fuzzing.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;

// Feeds the input to a link, once as a whole and once in pieces, and relays the
// messages found to a second link.
namespace {

/// Everything that a link extracted from the bytes.
struct heard {
  struct message {
    std::string channel;
    wire::message_tag tag;
    peer_name source;
    peer_name destination;
    bytes data;
    bytes whole;
  };
  std::vector<message> messages;
  std::vector<bytes> overlay;
  std::size_t frames = 0;
  std::uint8_t code = 0;
};

bool operator==(const heard::message& x, const heard::message& y) {
  return x.channel == y.channel && x.tag == y.tag && x.source == y.source
         && x.destination == y.destination && x.data == y.data;
}

link link_of(bool outbound, std::uint8_t version, bool sealed) {
  crypto::handshake_config config;
  config.outbound = outbound;
  config.min_version = config.max_version = version;
  if (sealed)
    config.passwords =
      std::make_shared<const std::vector<password>>(1, password{"password"});
  config.features = {{"Name", outbound ? "01" : "02"}, {"ConnID", "1"}};
  return link{config, outbound ? our_keys() : their_keys(), name_flavour::mac};
}

void note(const link_intake& intake, heard& out) {
  out.frames += intake.frames;
  for (const auto& batch : intake.channels)
    for (const auto& x : batch.messages) {
      deliveries all{{}, intake.block, {}};
      require(x.data_offset + x.data_size <= intake.block.size()
                && x.message_offset + x.message_size <= intake.block.size(),
              "messages lie in the block");
      out.messages.push_back({*batch.channel, x.tag, x.source, x.destination,
                              all.data(x).view().to_bytes(),
                              all.message(x).view().to_bytes()});
    }
  for (const auto& x : intake.overlay)
    out.overlay.push_back(x.data.view().to_bytes());
}

bool hear(link& who, byte_view all, std::uint8_t pieces, heard& out) {
  in_pieces(all, pieces, [&](byte_view piece) {
    while (!piece.empty() && out.code == 0) {
      auto room = who.read_room();
      require(room.size > 0, "there is room to read into");
      auto size = std::min(room.size, piece.size());
      std::copy_n(piece.data(), size, room.data);
      piece = piece.sub(size);
      link_intake intake;
      if (auto err = who.received(size, intake))
        out.code = err.code();
      note(intake, out);
    }
    return out.code == 0;
  });
  return out.code == 0;
}

/// Two open links that have completed their handshake.
struct couple {
  couple(std::uint8_t version, bool sealed)
      : us(link_of(true, version, sealed)),
        they(link_of(false, version, sealed)) {
    heard nothing;
    for (auto i = 0; i < 4; ++i) {
      pass_on(us, they, nothing);
      pass_on(they, us, nothing);
    }
    require(us.stage() == crypto::handshake::stage::done
              && they.stage() == crypto::handshake::stage::done,
            "two links shake hands");
    for (auto* x : {&us, &they}) {
      x->open();
      link_intake intake;
      require(!x->received(0, intake), "nothing is wrong yet");
    }
  }

  static void pass_on(link& from, link& to, heard& out) {
    auto output = from.output().to_bytes();
    from.wrote(output.size());
    hear(to, output, 0, out);
  }

  link us;
  link they;
};

heard hear_stranger(std::uint8_t version, byte_view frames,
                    std::uint8_t pieces) {
  couple pair{version, false};
  heard result;
  hear(pair.us, frames, pieces, result);
  return result;
}

// Sends received messages to a remote, either relayed or as our own, and checks
// that they arrive unchanged.
void check_relay(const heard& x, couple pair, bool relayed) {
  heard got;
  for (const auto& message : x.messages) {
    outgoing out;
    out.tag = message.tag;
    out.relayed = relayed;
    out.source = message.source;
    out.destination = message.destination;
    out.data = payload::copy_of(relayed ? message.whole : message.data);
    require(!pair.us.send(message.channel, out),
            "what came in a frame fits into a frame");
    couple::pass_on(pair.us, pair.they, got);
  }
  require(got.code == 0 && got.messages.size() == x.messages.size(),
          "nothing is lost on the way");
  for (std::size_t i = 0; i < x.messages.size(); ++i)
    require(got.messages[i] == x.messages[i], "messages survive a relay");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  input in{data, size};
  auto how = in.byte();
  auto pieces = in.byte();
  std::uint8_t version = (how & 1) != 0 ? 1 : 2;
  auto at_once = hear_stranger(version, in.rest(), 0);
  auto in_parts =
    hear_stranger(version, in.rest(), pieces == 0 ? std::uint8_t{1} : pieces);
  // Compares whether there was an error, but not which one. The pieces may
  // decide which of two errors is noticed first.
  require((at_once.code == 0) == (in_parts.code == 0)
            && at_once.frames == in_parts.frames
            && at_once.overlay == in_parts.overlay
            && at_once.messages.size() == in_parts.messages.size(),
          "it makes no difference how bytes arrive");
  check_relay(at_once, couple{version, (how & 2) != 0}, (how & 4) != 0);
  return 0;
}
