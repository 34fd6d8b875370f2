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
  return {412, "precondition_failed", detail,
          "GET the key for its present ETag, and decide again."};
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

} // namespace

result<kv_written> kv_batch::apply_one(const kv_write& x, lww_map& now,
                                       lww_map& changes) const {
  const auto* there = now.find(x.key);
  kv_written written{{}, there != nullptr};
  if (auto wrong = check(x.condition, there))
    return *wrong;
  if (!x.value && !there)
    return problem{404, "no_such_key", "The key has no value.", {}};
  if (x.value && now.bytes_of_content() + x.value->size() > max_bytes_)
    return problem{507, "kv_full",
                   "The map has reached max-kv-bytes, "
                     + std::to_string(max_bytes_) + ".",
                   "Delete keys, or raise max-kv-bytes."};
  auto change =
    x.value ? now.put(x.key, x.value->view(), us_) : now.erase(x.key, us_);
  if (!change)
    return problem_of(change.error());
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
