#include "actors/core/directory/document.hpp"

#include <algorithm>
#include <utility>

namespace cafmesh::names {

namespace {

// The log of changes takes up to a quarter of the memory of the entries, within
// these limits in bytes. A larger log would be of little use, because its
// changes would hardly fit into one message.
constexpr std::size_t small_log = 4 * 1024;
constexpr std::size_t large_log = 256 * 1024;
constexpr std::size_t part_for_log = 4;

void put(entry_map& to, const std::string& name,
         const std::optional<entry>& now) {
  if (now)
    to.set(name, *now);
  else
    to.erase(name);
}

bool starts_anew(const part& x) {
  return x.base == 0 && x.changes.empty() && x.more && x.more->first.empty();
}

} // namespace

document::document(life of, std::string node) {
  head_.of = of;
  head_.node = std::move(node);
  remember({});
}

void document::remember(std::vector<std::string> names) {
  log_.add(
    head_.version, head_.content, std::move(names),
    std::clamp(entries_.summary().bytes / part_for_log, small_log, large_log));
}

// -- the writer

void document::edit(const std::string& name, std::optional<entry> now) {
  put(entries_, name, now);
  edited_.push_back(name);
}

std::vector<std::string> document::seal(std::uint64_t version) {
  head_.version = version;
  head_.count = entries_.size();
  head_.content = entries_.summary().content.hash();
  remember(edited_);
  return std::exchange(edited_, {});
}

// -- readers

document::outcome document::apply(const part& x) {
  const bool anew = starts_anew(x);
  if (!anew) {
    const bool continues =
      below_ ? x.more && x.more->first == *below_ : !x.more;
    if (x.base != head_.version || !continues || stripped_)
      return outcome::does_not_fit;
  }
  auto next = anew ? entry_map{} : entries_;
  std::vector<std::string> names;
  for (const auto& each : x.changes) {
    if (below_ && each.name >= *below_)
      return outcome::broken;
    put(next, each.name, each.now);
    names.push_back(each.name);
  }
  if (x.more)
    for (const auto& [name, now] : x.more->entries)
      next.set(name, now);
  const bool complete = !x.more || !x.more->next;
  if (complete
      && (next.size() != x.head.count
          || next.summary().content.hash() != x.head.content))
    return outcome::broken;
  if (anew || below_)
    log_.clear();
  entries_ = std::move(next);
  head_ = x.head;
  stripped_ = false;
  below_ = complete ? std::nullopt : x.more->next;
  remember(std::move(names));
  return outcome::applied;
}

void document::adopt(const header& x) {
  head_ = x;
  remember({});
}

void document::strip(const header& x) {
  head_ = x;
  entries_ = {};
  below_.reset();
  stripped_ = true;
  log_.clear();
}

payload document::part_for(const progress& theirs) const {
  if (auto changes = changes_for(theirs))
    return *changes;
  part_writer out{head_, 0};
  return page(out, {}).value_or(payload{});
}

std::size_t document::size_of_part_for(const progress& theirs) const {
  constexpr std::size_t usual_change = 64;
  auto result = entries_.summary().bytes;
  if (auto count = log_.count_since(theirs.version, theirs.content);
      count && !theirs.below)
    result = *count * usual_change;
  return std::min(result, max_message);
}

std::optional<payload> document::changes_for(const progress& theirs) const {
  auto names = log_.since(theirs.version, theirs.content);
  if (!names)
    return std::nullopt;
  part_writer out{head_, theirs.version};
  for (const auto& name : *names) {
    if (theirs.below && name >= *theirs.below)
      break;
    if (!out.add_change(name, entries_.find(name)))
      return std::nullopt;
  }
  return theirs.below ? page(out, *theirs.below) : out.finish();
}

// Adds as many entries to `out` as fit, starting at the name `first`, and
// returns the message. Returns nullopt if not even one fits.
std::optional<payload> document::page(part_writer& out,
                                      const std::string& first) const {
  bool has_any = false;
  for (auto i = entries_.lower_bound(first); i != entries_.end(); ++i) {
    if (!out.add_entry(i->first, i->second))
      return has_any ? std::optional{out.finish(first, i->first)}
                     : std::nullopt;
    has_any = true;
  }
  return out.finish(first, std::nullopt);
}

} // namespace cafmesh::names
