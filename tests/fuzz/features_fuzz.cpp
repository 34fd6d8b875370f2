#include "messages/wire/features.hpp"
#include "tests/fuzz/fuzzing.hpp"

using namespace cafmesh;
using namespace cafmesh::fuzz;
using namespace cafmesh::wire;

namespace {

void check(const feature_map& xs) {
  bytes out;
  append_features(out, xs);
  auto again = read_features(out);
  require(again && *again == xs, "features survive");
  for (auto flavour : all_name_flavours) {
    auto who = parse_introduction(xs, flavour);
    if (!who)
      continue;
    auto said = to_features(*who);
    auto heard = parse_introduction(said, flavour);
    require(heard && to_features(*heard) == said, "introductions survive");
  }
  for (const auto& x : version_1_features(xs))
    require(xs.at(x.first) == x.second, "version 1 adds nothing");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  byte_view xs{data, size};
  if (auto all = read_features(xs))
    check(*all);
  std::size_t consumed = 0;
  if (auto first = read_features(xs, &consumed)) {
    require(consumed <= size, "features end in the input");
    check(*first);
    auto alone = read_features(xs.sub(0, consumed));
    require(alone && *alone == *first, "what follows makes no difference");
  }
  return 0;
}
