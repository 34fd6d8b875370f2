#include <algorithm>

#include "actors/core/addresses/host_port.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include <cafmesh/grow_counter.hpp>
#include <cafmesh/lww_map.hpp>
#include <cafmesh/observed_remove_set.hpp>

using namespace cafmesh;
using namespace cafmesh::fuzz;

// Decodes two messages of each replicated value and merges them. Also parses
// `host:port`.
namespace {

template <class V>
V read_back(const V& x, const V& empty) {
  auto result = empty;
  for (const auto& message : x.encode()) {
    auto part = empty.decode(message.view());
    require(bool{part}, "what we write can be read");
    result.merge(*part);
  }
  return result;
}

// Whether a map that was decoded at time 0 has a tombstone that is older than
// 18 hours. Another map accepts such a tombstone only if it has the key
// already, so the order of merges makes a difference.
template <class V>
bool has_old_parts(const V&) {
  return false;
}
bool has_old_parts(const lww_map& x) {
  return std::any_of(x.entries().begin(), x.entries().end(), [](auto& each) {
    return each.second.deleted
           && instant{} - each.second.deleted_at > std::chrono::hours{18};
  });
}

// Merges two messages in both orders, and also repeatedly, and checks that the
// results are equal.
template <class V>
void check(byte_view first, byte_view second, const V& empty) {
  auto x = empty.decode(first);
  auto y = empty.decode(second);
  if (!x || !y)
    return;
  auto xy = empty;
  xy.merge(*x);
  require(!xy.merge(*x), "nothing is new twice");
  auto before = xy;
  auto news = xy.merge(*y);
  require(news.has_value() == !(before == xy), "what is new is said to be");
  auto yx = empty;
  yx.merge(*y);
  yx.merge(*x);
  auto old = has_old_parts(*x) || has_old_parts(*y);
  require(old || xy == yx, "the order makes no difference");
  if (news) {
    before.merge(*news);
    require(before == xy, "the news are all that was new");
  }
  require(old || read_back(xy, empty) == xy, "values survive");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  input in{data, size};
  auto first = in.run();
  auto second = in.rest();
  for (auto flavour : all_name_flavours)
    check(first, second, grow_counter{flavour});
  check(first, second, observed_remove_set{});
  check(first, second, lww_map{});
  if (auto place = host_port::parse(std::string{second.as_text()})) {
    auto again = host_port::parse(place->str());
    require(again && again->str() == place->str(), "addresses survive");
  }
  return 0;
}
