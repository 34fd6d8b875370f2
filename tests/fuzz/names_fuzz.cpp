#include "actors/core/directory/directory_model.hpp"
#include "tests/fuzz/fuzzing.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;
using namespace cafmesh::names;

// Feeds messages about names to a directory, whose memory and answers must stay
// bounded.
namespace {

constexpr instant now = instant{} + std::chrono::hours{1};

life life_of(std::uint64_t peer) {
  return {peer_name::from_number(peer), peer_uid{peer}};
}

// Checks that a message that can be read can also be written, with the same
// meaning.
void check_part(byte_view message) {
  auto x = decode_part(message);
  if (!x)
    return;
  part_writer out{x->head, x->base};
  for (const auto& each : x->changes)
    if (!out.add_change(each.name, each.now ? &*each.now : nullptr))
      return; // the message is full
  if (x->more)
    for (const auto& [name, what] : x->more->entries)
      if (!out.add_entry(name, what))
        return;
  auto again = decode_part(
    (x->more ? out.finish(x->more->first, x->more->next) : out.finish())
      .view());
  require(again && again->head == x->head && again->base == x->base
            && again->changes.size() == x->changes.size()
            && again->more.has_value() == x->more.has_value(),
          "parts survive");
}

void check_bounds(directory_model& x) {
  auto effects = x.take_effects();
  for (const auto& each : effects.unicasts)
    require(each.data.size() <= max_message, "messages are bounded");
  require(x.all().bytes() <= max_all_documents, "memory is bounded");
  require(x.all().hidden() <= max_hidden, "hidden documents are bounded");
  require(x.published("ours") && x.published("ours")->actor == 1,
          "nobody changes our names");
}

} // namespace

// Gives a directory messages from peers 2 to 5. Peer 5 is not in the mesh, as
// far as the directory knows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  directory_model x{life_of(1), "node 1"};
  x.publish("ours", entry{1, nullptr, nullptr});
  x.flush(now);
  for (std::uint64_t peer = 2; peer < 5; ++peer)
    x.life_appeared(life_of(peer), now);
  input in{data, size};
  for (int i = 0; i < 16 && !in.empty(); ++i) {
    const auto how = in.byte();
    auto message = in.run();
    const auto source = peer_name::from_number(2 + how % 4);
    check_part(message);
    if (how < 128)
      x.receive_unicast(message, source, peer_name::from_number(2), now);
    else
      x.receive_news(message, source, now);
    check_bounds(x);
    x.tick(now + std::chrono::seconds{i});
    check_bounds(x);
  }
  return 0;
}
