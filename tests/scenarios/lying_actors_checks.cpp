#include "tests/scenarios/lying_actors.hpp"

#include <algorithm>

#include <caf/event_based_actor.hpp>

#include <cafmesh/errc.hpp>

#include "tests/support/heap.hpp"

// The checks of a walk with a peer that lies about names and actors.
namespace cafmesh::test {

bool lying_actors::fail(const std::string& what) {
  if (wrong_.empty())
    wrong_ = what;
  return false;
}

lying_actors::amounts lying_actors::count_all() {
  amounts result;
  result.told = told_;
  result.messages = messages_;
  for (char x : letters_) {
    result.turns += at(x).world.turns();
    result.lines.push_back(at(x).log->size());
    for (char y : letters_)
      if (x != y)
        result.between += net().bytes_between(host_of(x), host_of(y));
    result.to_liar += net().bytes_between(host_of(x), host_of('s'));
  }
  return result;
}

std::size_t lying_actors::running() {
  std::size_t result = 0;
  for (char x : letters_)
    result += at(x).world.running();
  return result;
}

// Checks that no handle was reported to be down, and that a request is
// answered.
bool lying_actors::check_use() {
  for (const auto& x : uses_)
    if (!x.downs->empty())
      return fail(std::string{"the handle of "} + x.from + " to " + x.to
                  + " is down: " + describe(x.downs->front()));
  const auto& x = uses_[below(uses_.size())];
  const auto answer = answer_of(x);
  return answer == "42"
         || fail(std::string{"a request of "} + x.from + " to " + x.to + ": "
                 + answer);
}

std::string lying_actors::answer_of(const use& x) {
  constexpr auto most = seconds{5};
  constexpr auto step = milliseconds{10};
  auto result = std::make_shared<std::string>();
  at(x.from).system().spawn([=](caf::event_based_actor* self) {
    self->request(x.handle, caf::infinite, 40, 2)
      .then([=](int sum) { *result = std::to_string(sum); },
            [=](const caf::error& why) { *result = describe(why); });
  });
  auto waited = milliseconds{0};
  for (; result->empty() && waited < most; waited += step)
    run_for(step);
  figures.slowest = std::max(figures.slowest, waited);
  return result->empty() ? "no answer" : *result;
}

// Checks that all handles work, including those that were down for a while.
bool lying_actors::check_handles() {
  for (const auto& x : uses_)
    if (auto answer = answer_of(x); answer != "42")
      return fail(std::string{"the handle of "} + x.from + " to " + x.to
                  + " does not work: " + answer);
  return forges_records_ || check_use();
}

bool lying_actors::check_work(const amounts& before) {
  const auto now = count_all();
  const auto told = now.told - before.told;
  const auto messages = now.messages - before.messages;
  const auto turns = now.turns - before.turns;
  const auto between = now.between - before.between;
  const auto to_liar = now.to_liar - before.to_liar;
  const auto pairs = letters_.size() * (letters_.size() - 1);
  figures.turns = std::max(figures.turns, turns);
  figures.bytes = std::max(figures.bytes, between);
  figures.to_liar = std::max(figures.to_liar, to_liar);
  if (turns > 5000 + 60 * pairs * messages)
    return fail(std::to_string(turns) + " turns after "
                + std::to_string(messages) + " messages");
  if (between > 50'000 + 4 * pairs * told)
    return fail(std::to_string(between) + " bytes after "
                + std::to_string(told));
  if (to_liar > 100'000 + 4 * told)
    return fail("the liar was sent " + std::to_string(to_liar) + " bytes after "
                + std::to_string(told));
  for (std::size_t i = 0; i < now.lines.size(); ++i) {
    const auto lines = now.lines[i] - before.lines[i];
    figures.lines = std::max(figures.lines, lines);
    if (lines > 100)
      return fail(std::to_string(lines) + " lines of log, at last "
                  + at(letters_[i]).log->last());
  }
  return true;
}

bool lying_actors::check_waiting() {
  constexpr std::size_t most_heap = 64 * 1024 * 1024;
  for (char x : letters_) {
    auto status =
      ask_later<mesh_status>(at(x).system(), at(x).router, get_status{});
    run();
    if (!status->value)
      return fail(std::string{x} + " has no status");
    for (const auto& c : status->value->connections) {
      figures.waiting = std::max(figures.waiting, std::size_t{c.waiting_bytes});
      if (c.waiting_bytes > 1024 * 1024)
        return fail(std::string{x} + " keeps " + std::to_string(c.waiting_bytes)
                    + " bytes for " + c.nickname);
    }
  }
  const auto heap = allocated();
  figures.heap = std::max(figures.heap, heap - std::min(heap, heap_before_));
  if (heap > heap_before_ + most_heap)
    return fail(std::to_string(heap - heap_before_) + " bytes of heap more");
  const auto actors = running() - std::min(running(), actors_before_);
  figures.actors = std::max(figures.actors, actors);
  return actors <= 100 * letters_.size()
         || fail(std::to_string(actors) + " actors more");
}

// The letters of the peers that publish the name, in the order in which a node
// finds them.
std::string lying_actors::finders(char where) {
  auto found = ask_later<found_names>(at(where).system(), names_[where],
                                      lookup_name{"adder"});
  run();
  std::string result;
  if (found->value)
    for (const auto& x : found->value->all)
      result += static_cast<char>(x.peer.number());
  std::sort(result.begin(), result.end());
  return result;
}

bool lying_actors::check_names() {
  for (char x : letters_)
    if (auto found = finders(x); found != letters_)
      return fail(std::string{x} + " finds the name at '" + found + "'");
  return true;
}

bool lying_actors::check_quiet() {
  run_for(minutes{2});
  const auto before = count_all();
  if (running() > actors_before_ + letters_.size())
    return fail(std::to_string(running()) + " actors, before the liar came "
                + std::to_string(actors_before_));
  run_for(minutes{1});
  const auto after = count_all();
  figures.quiet = after.between - before.between;
  const auto pairs = letters_.size() * (letters_.size() - 1);
  if (figures.quiet > 5000 * pairs)
    return fail(std::to_string(figures.quiet) + " bytes a minute at rest");
  if (after.lines != before.lines)
    return fail("something is still logged");
  const auto kept = allocated() - std::min(allocated(), heap_before_);
  return kept < 4 * 1024 * 1024
         || fail(std::to_string(kept) + " bytes of heap are kept");
}

} // namespace cafmesh::test
