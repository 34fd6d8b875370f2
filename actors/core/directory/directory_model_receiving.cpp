#include <algorithm>

#include "actors/core/crdt/compare.hpp"
#include "actors/core/directory/directory_model.hpp"
#include <cafmesh/errc.hpp>

// The part of `directory_model` that receives the messages from other peers.
namespace cafmesh::names {

namespace {

constexpr std::size_t max_unknown_lives = 256;

caf::error not_expected(const char* how) {
  return make_error(errc::malformed,
                    std::string{"names: a message that is not sent by "} + how);
}

} // namespace

caf::error directory_model::receive_unicast(byte_view message, peer_name source,
                                            peer_name neighbour, instant now) {
  const origin from{source, neighbour};
  caf::error result;
  switch (kind_of(message)) {
  case kind::outline:
    result = compare(message, from, now);
    break;
  case kind::headers:
    result = take_headers(message, from, now);
    break;
  case kind::pull:
    result = answer_pull(message, from, now);
    break;
  case kind::part:
    if (auto taken = take_part(message, from, now); !taken)
      result = std::move(taken.error());
    break;
  default:
    result = not_expected("anybody");
  }
  if (result)
    ++counters_.malformed;
  return result;
}

caf::expected<bool> directory_model::receive_news(byte_view message,
                                                  peer_name neighbour,
                                                  instant now) {
  caf::expected<bool> result{false};
  if (kind_of(message) == kind::part) {
    result = take_part(message, {neighbour, neighbour}, now);
  } else if (kind_of(message) == kind::outline) {
    auto outline = decode_outline(message);
    auto err = outline ? compare(message, {outline->from, neighbour}, now)
                       : std::move(outline.error());
    if (err)
      result = std::move(err);
  } else {
    result = not_expected("gossip");
  }
  if (!result)
    ++counters_.malformed;
  return result;
}

// -- headers

bool directory_model::is_acceptable(const header& x) {
  const bool result = x.count <= max_names
                      && x.version <= reachable(date_, max_versions_per_second);
  if (!result)
    ++counters_.beyond_limits;
  return result;
}

void directory_model::own_header_arrived(const header& x, instant now) {
  if (!supersedes(x, docs_.own().head()))
    return;
  ++counters_.forged_versions;
  to_outlive_ = std::max(to_outlive_, x.version);
  if (!announce_at_)
    announce_at_ = now + outlive_after;
}

void directory_model::header_arrived(const header& x, const origin& from,
                                     instant now) {
  if (x.of.peer == docs_.self().peer) {
    if (x.of == docs_.self())
      own_header_arrived(x, now);
    return;
  }
  const auto* mine = docs_.find(x.of);
  if (mine && !supersedes(x, mine->head()))
    return;
  if (!docs_.is_known_life(x.of)) {
    if (headers_of_unknown_lives_.size() >= max_unknown_lives)
      headers_of_unknown_lives_.erase(headers_of_unknown_lives_.begin());
    headers_of_unknown_lives_.insert_or_assign(x.of, std::pair{x, from});
  } else if (mine && !mine->is_stripped() && same_content(x, mine->head())) {
    docs_.adopt(x);
  } else if (!mine && x.count == 0 && x.content == fingerprint{}) {
    document empty{x.of};
    empty.adopt(x);
    docs_.replace(std::move(empty), now);
    effects_.describe = true;
  } else {
    want_content(x, from, now);
  }
}

void directory_model::want_content(const header& x, const origin& from,
                                   instant now) {
  if (docs_.has_room(x))
    pulls_.want(x, from.source, from.neighbour);
  else
    docs_.strip(x, now);
}

caf::error directory_model::take_headers(byte_view message, const origin& from,
                                         instant now) {
  auto xs = decode_headers(message);
  if (!xs)
    return std::move(xs.error());
  for (const auto& x : *xs)
    if (is_acceptable(x))
      header_arrived(x, from, now);
  start_pulls(now);
  return {};
}

// -- answers

// Whether the limits allow an answer of `size` bytes. Called before the answer
// is made, because an answer costs more work than its question.
bool directory_model::may_answer(const origin& to, std::size_t size,
                                 instant now) {
  if (to.source == docs_.self().peer)
    return false;
  // An answer as large as all documents together costs `answer_limits::shares`,
  // and a smaller answer costs proportionally less. All documents together
  // count as at least 1 MiB, so that a small answer never costs all shares.
  const auto whole =
    std::max<std::size_t>(docs_.bytes() + docs_.own().bytes(), 1024 * 1024);
  const auto shares = std::max<std::size_t>(
    answer_limits::shares * std::max<std::size_t>(size, 1024) / whole, 1);
  const bool result = limits_.take(to.neighbour, to.source, now,
                                   static_cast<std::uint32_t>(shares));
  if (!result)
    ++counters_.unanswered;
  return result;
}

caf::error directory_model::compare(byte_view message, const origin& from,
                                    instant now) {
  auto theirs = decode_outline(message);
  if (!theirs)
    return std::move(theirs.error());
  if (theirs->from == docs_.self().peer)
    return {};
  auto found =
    comparer<header_map>{docs_.headers(), docs_.self().peer}.compare(*theirs);
  for (const auto& range : found.missing)
    send_headers(range, from, now);
  if (!found.reply.empty() && may_answer(from, found.reply.size(), now))
    effects_.unicasts.push_back({from.source, std::move(found.reply)});
  return {};
}

// Sends the headers of the range, as many as fit into one message. If some do
// not fit, a later outline shows that the receiver lacks them.
void directory_model::send_headers(const key_range& range, const origin& to,
                                   instant now) {
  constexpr std::size_t usual_size = 64, most_for_one = 256;
  const auto& all = docs_.headers();
  const auto count = count_between(all, range.first, range.end);
  const auto size = std::min(count * usual_size, max_message);
  if (count == 0 || !may_answer(to, size, now))
    return;
  bytes out{static_cast<std::uint8_t>(kind::headers)};
  for (auto i = all.lower_bound(range.first); i != all.end(); ++i) {
    if ((range.end && i->first >= *range.end)
        || out.size() + most_for_one > max_message)
      break;
    append_header(out, i->second);
  }
  effects_.unicasts.push_back({to.source, payload{std::move(out)}});
}

caf::error directory_model::answer_pull(byte_view message, const origin& from,
                                        instant now) {
  auto question = decode_pull(message);
  if (!question)
    return std::move(question.error());
  if (question->of == docs_.self() && docs_.own().has_edits())
    flush(now);
  const auto* found = docs_.find(question->of);
  if (found && !found->is_stripped()
      && may_answer(from, found->size_of_part_for(question->have), now))
    effects_.unicasts.push_back({from.source, found->part_for(question->have)});
  return {};
}

// -- parts

caf::expected<bool>
directory_model::take_part(byte_view message, const origin& from, instant now) {
  auto x = decode_part(message);
  if (!x)
    return std::move(x.error());
  if (!is_acceptable(x->head))
    return false;
  if (x->head.of.peer == docs_.self().peer) {
    header_arrived(x->head, from, now);
    return false;
  }
  const bool is_news = apply(*x, from, now);
  start_pulls(now);
  return is_news;
}

// Applies a part to our document, or to a document that is being fetched, and
// asks for what is missing. Returns whether the part may be news to other peers
// too.
bool directory_model::apply(const part& x, const origin& from, instant now) {
  const auto& of = x.head.of;
  if (const auto* mine = docs_.find(of);
      mine && !supersedes(x.head, mine->head())) {
    if (auto* pull = pulls_.find(of); pull && pull->source == from.source)
      pulls_.source_failed(of);
    return x.head == mine->head();
  }
  if (continue_pull(x, now))
    return true;
  switch (docs_.apply(x, now)) {
  case document::outcome::applied:
    if (auto* pull = pulls_.find(of); pull && !supersedes(pull->wanted, x.head))
      pulls_.done(of);
    return true;
  case document::outcome::does_not_fit:
    header_arrived(x.head, from, now);
    return true;
  case document::outcome::broken:
    break;
  }
  ++counters_.broken;
  if (docs_.is_known_life(of))
    pulls_.want_from_scratch(x.head, from.source, from.neighbour);
  return true;
}

// Adds the part to the document that is being fetched. Returns false if the
// part is not the next one of the answer to a pull.
bool directory_model::continue_pull(const part& x, instant now) {
  auto* pull = pulls_.find(x.head.of);
  if (!pull || !pull->is_active || !x.more)
    return false;
  auto& partial = pull->partial;
  if (!partial || x.base == 0)
    partial.emplace(x.head.of);
  const auto outcome = partial->apply(x);
  if (outcome == document::outcome::does_not_fit)
    return false;
  if (outcome == document::outcome::broken) {
    ++counters_.broken;
    pulls_.source_failed(x.head.of);
    return true;
  }
  page_arrived(x.head.of, now);
  return true;
}

void directory_model::page_arrived(const life& of, instant now) {
  auto* pull = pulls_.find(of);
  auto& partial = *pull->partial;
  if (partial.entries().size() > max_names
      || partial.entries().summary().bytes > max_document) {
    ++counters_.beyond_limits;
    docs_.strip(pull->wanted, now);
    return pulls_.done(of);
  }
  if (!partial.is_complete()) {
    pulls_.goes_on(of, now);
    return ask_for({{of, pull->source}});
  }
  const auto head = partial.head();
  docs_.replace(std::move(partial), now);
  effects_.describe = true;
  if (!supersedes(pull->wanted, head))
    return pulls_.done(of);
  pull->partial.reset();
  pull->from_scratch = false;
  pulls_.goes_on(of, now);
  ask_for({{of, pull->source}});
}

void directory_model::start_pulls(instant now) {
  ask_for(pulls_.start(now));
}

void directory_model::ask_for(
  const std::vector<std::pair<life, peer_name>>& xs) {
  for (const auto& [of, source] : xs) {
    auto* found = pulls_.find(of);
    pull question{of, {}};
    if (found && found->partial)
      question.have = found->partial->have();
    else if (const auto* mine = docs_.find(of);
             mine && !mine->is_stripped() && found && !found->from_scratch)
      question.have = mine->have();
    effects_.unicasts.push_back({source, encode(question)});
  }
}

} // namespace cafmesh::names
