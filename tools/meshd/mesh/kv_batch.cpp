#include "tools/meshd/mesh/kv_batch.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "tools/meshd/mesh/parts.hpp"
#include <cafmesh/errc.hpp>

namespace meshd {

using cafmesh::lww_map;

std::string etag_of(const lww_map::entry& x) {
  char clock[24];
  std::snprintf(clock, sizeof(clock), "%llx-",
                static_cast<unsigned long long>(x.clock));
  cafmesh::bytes owner;
  x.owner.append_to(owner);
  return std::string{"\""} + clock + cafmesh::to_hex(owner) + "\"";
}

namespace {

problem failed(const std::string& detail) {
  return {412, "precondition_failed", detail};
}

std::optional<problem> check(const kv_condition& x,
                             const lww_map::entry* there) {
  if (x.must_be_absent && there)
    return failed("The key has a value.");
  if (x.must_exist && !there)
    return failed("The key has no value.");
  if (x.etags.empty())
    return std::nullopt;
  if (!there)
    return failed("The key has no value.");
  if (std::find(x.etags.begin(), x.etags.end(), etag_of(*there))
      == x.etags.end())
    return failed("The key's ETag is " + etag_of(*there) + ".");
  return std::nullopt;
}

problem full(const std::string& detail, const char* hint) {
  return {507, "kv_full", detail, hint};
}

/// Why the map has no room for a value; absent if it has room. A new value can
/// always replace an old value that is at least as large.
std::optional<problem> check_room(const kv_write& x, const lww_map& now,
                                  std::size_t max_bytes) {
  const auto* replaced = now.entries().find(x.key);
  auto before = replaced ? replaced->value.size() : 0;
  auto after = x.value->size() + (replaced ? 0 : x.key.size());
  if (after > before && now.bytes_of_content() - before + after > max_bytes)
    return full("The map has reached max-kv-bytes, " + std::to_string(max_bytes)
                  + ".",
                "Delete keys, or raise max-kv-bytes.");
  return std::nullopt;
}

/// The problem of a put that the map has refused.
problem problem_of_put(const caf::error& why, const kv_write& x,
                       const lww_map& now) {
  auto fits = x.key.size() <= lww_map::max_key_size
              && x.value->size() <= lww_map::max_value_size;
  if (!fits || !cafmesh::is(why, cafmesh::errc::too_large))
    return problem_of(why);
  return full(cafmesh::describe(why) + "; " + std::to_string(now.tombstones())
                + " of its entries are deleted keys",
              "Raise max-kv-bytes. Deleted keys take room until kv-retention "
              "is over.");
}

} // namespace

result<kv_written> kv_batch::apply_one(const kv_write& x, lww_map& now,
                                       lww_map& changes) const {
  const auto* there = now.find(x.key);
  kv_written written{{}, there != nullptr};
  if (auto wrong = check(x.condition, there))
    return *wrong;
  if (!x.value && !there)
    return no_such_key(x.key);
  if (x.value)
    if (auto wrong = check_room(x, now, max_bytes_))
      return *wrong;
  auto change =
    x.value ? now.put(x.key, x.value->view(), us_) : now.erase(x.key, us_);
  if (!change)
    return x.value ? problem_of_put(change.error(), x, now)
                   : problem_of(change.error());
  now.merge(*change);
  changes.merge(*change);
  if (x.value)
    written.etag = etag_of(*now.find(x.key));
  return written;
}

lww_map kv_batch::apply(const lww_map& map) {
  auto now = map;
  lww_map result;
  for (auto& x : all_)
    x.outcome = apply_one(x, now, result);
  return result;
}

void kv_batch::answer_all(const problem* failure) {
  for (auto& x : all_)
    if (x.then) {
      if (failure)
        x.then(*failure);
      else
        x.then(std::move(x.outcome));
    }
}

} // namespace meshd
