#include "tests/fuzz/fuzzing.hpp"
#include "tools/counter/http_pages.hpp"

namespace {

using namespace cafmesh;

/// A page source with a mesh of two peers, and a counter.
class small_mesh : public counter::page_source {
public:
  caf::expected<std::int64_t> count() override {
    return total;
  }
  caf::expected<std::int64_t> increment() override {
    return ++total;
  }
  caf::expected<mesh_description> mesh() override {
    mesh_description result;
    for (auto number : {1u, 2u}) {
      peer_record x;
      x.peer.name = peer_name::from_number(number);
      x.peer.nickname = "\xff\"peer";
      x.connections.push_back(
        {peer_name::from_number(3 - number), "10.0.0.1:6783", true, true});
      result.peers.push_back(std::move(x));
    }
    return result;
  }

  std::int64_t total = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // The pages are made only once, because compiling the expressions that match
  // paths takes long.
  static small_mesh source;
  static counter::http_pages pages{source};
  source.total = 0;
  auto answer = pages.answer({reinterpret_cast<const char*>(data), size});
  fuzz::require(answer.empty() || answer.rfind("HTTP/1.", 0) == 0,
                "what is said is HTTP");
  auto posted = byte_view{data, size}.as_text().find("POST");
  fuzz::require(source.total == 0 || posted != std::string_view::npos,
                "only those count who post");
  return 0;
}
