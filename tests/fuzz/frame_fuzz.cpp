#include "messages/wire/frame.hpp"
#include "tests/fuzz/fuzzing.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;
using namespace cafmesh::wire;

namespace {

void check_complete(framing kind, byte_view xs, const frame_scan& found,
                    std::size_t limit) {
  require(found.consumed > 0 && found.consumed <= xs.size(),
          "a frame lies in the input");
  require_within(found.content, xs.sub(0, found.consumed));
  require(found.content.size() <= limit, "a frame keeps to the limit");
  auto alone = scan_frame(kind, xs.sub(0, found.consumed), limit);
  require(alone.status == frame_status::complete
            && alone.consumed == found.consumed,
          "what follows a frame makes no difference");
  auto cut = scan_frame(kind, xs.sub(0, found.consumed - 1), limit);
  require(cut.status == frame_status::incomplete, "a cut frame is incomplete");
  require(cut.needed <= found.consumed, "it needs no more than itself");
  bytes out;
  append_frame_header(kind, found.content.size(), out);
  out.insert(out.end(), found.content.begin(), found.content.end());
  auto again = scan_frame(kind, out, limit);
  require(again.status == frame_status::complete && again.consumed == out.size()
            && again.content == found.content,
          "frames survive");
}

void read_frames(framing kind, byte_view xs, std::size_t limit) {
  for (;;) {
    auto found = scan_frame(kind, xs, limit);
    if (found.status != frame_status::complete) {
      require(found.consumed == 0, "nothing is taken of no frame");
      if (found.status == frame_status::incomplete)
        require(found.needed == 0 || found.needed > xs.size(),
                "what is incomplete needs more");
      return;
    }
    check_complete(kind, xs, found, limit);
    xs = xs.sub(found.consumed);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  for (auto limit : {std::size_t{100}, max_frame_size}) {
    read_frames(framing::gob, {data, size}, limit);
    read_frames(framing::length_prefix, {data, size}, limit);
  }
  return 0;
}
