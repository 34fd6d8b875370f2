#include "tests/scenarios/seeded_mesh.hpp"

#include <algorithm>

namespace cafmesh::test {

seeded_mesh::seeded_mesh(std::uint64_t seed, std::size_t fewest,
                         std::size_t most)
    : rng_(seed), size_(fewest + below(most - fewest + 1)),
      discovery_(below(2) == 0), digests_(static_cast<digest_use>(seed % 3)) {
  shuffle(rng_());
}

settings seeded_mesh::quick_settings_for(char who) {
  auto result = settings_for(who);
  result.seed = rng_();
  result.discovery = discovery_;
  result.topology_digests =
    digests_ == digest_use::all
    || (digests_ == digest_use::every_second_node && who % 2 == 0);
  result.heartbeat_interval = seconds{2};
  result.gossip_interval = gossip_interval;
  result.retry_initial = milliseconds{500};
  result.retry_max = seconds{5};
  return result;
}

bool seeded_mesh::all_see(const std::string& topology) {
  const auto all = letters();
  return std::all_of(all.begin(), all.end(),
                     [&](char x) { return at(x).topology() == topology; });
}

std::optional<duration>
seeded_mesh::wait_until(const std::function<bool()>& agree,
                        const std::string& expected, duration limit,
                        duration step) {
  const auto begin = now();
  while (!agree()) {
    if (now() - begin > limit) {
      auto views = "\nexpected " + expected;
      for (char who : letters())
        views += std::string{"\n"} + who + " knows " + at(who).topology();
      fail("no agreement on the mesh" + views);
      return std::nullopt;
    }
    run_for(step);
  }
  return now() - begin;
}

bool seeded_mesh::came_once(char from, const std::string& word,
                            const std::string& topology) {
  for (char to : letters()) {
    const auto count = at(to).recorded("chan").broadcasts_of(word + " ");
    if (count != (from == to ? 0u : 1u))
      return fail(std::string{"a broadcast of "} + from + " came "
                  + std::to_string(count) + " times to " + to + ", topology "
                  + topology);
  }
  return true;
}

bool seeded_mesh::fail(const std::string& what) {
  if (wrong_.empty())
    wrong_ = what;
  return false;
}

void seeded_mesh::note(const std::string& what) {
  story += std::to_string(
             std::chrono::duration_cast<milliseconds>(now().time_since_epoch())
               .count())
           + " ms: " + what + "\n";
}

} // namespace cafmesh::test
