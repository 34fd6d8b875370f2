#include <cafmesh/detail/digest_sum.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#include "actors/core/crdt/big_endian.hpp"
#include "crypto/keys/expanded_digest.hpp"

namespace cafmesh {

namespace {

using numbers = std::array<std::uint64_t, 16>;

void add(numbers& to, const numbers& x) noexcept {
  for (std::size_t i = 0; i < x.size(); ++i)
    to[i] += x[i];
}

void subtract(numbers& from, const numbers& x) noexcept {
  for (std::size_t i = 0; i < x.size(); ++i)
    from[i] -= x[i];
}

} // namespace

digest_sum::lanes digest_sum::expanded() const {
  return state_ == state::one ? crypto::expanded_digest({lanes_[0], lanes_[1]})
                              : lanes_;
}

bool digest_sum::is_same_one(const digest_sum& x) const noexcept {
  return state_ == x.state_ && state_ != state::many && lanes_ == x.lanes_;
}

void digest_sum::expand() {
  if (state_ == state::one)
    lanes_ = expanded();
  state_ = state::many;
}

digest_sum& digest_sum::operator+=(const digest_sum& x) {
  if (x.state_ == state::none)
    return *this;
  if (state_ == state::none)
    return *this = x;
  expand();
  if (x.state_ == state::many)
    add(lanes_, x.lanes_);
  else
    add(lanes_, x.expanded());
  return *this;
}

digest_sum& digest_sum::operator-=(const digest_sum& x) {
  if (x.state_ == state::none)
    return *this;
  if (is_same_one(x))
    return *this = {};
  expand();
  if (x.state_ == state::many)
    subtract(lanes_, x.lanes_);
  else
    subtract(lanes_, x.expanded());
  return *this;
}

fingerprint digest_sum::hash() const {
  const auto all = expanded();
  if (all == lanes{})
    return {};
  bytes description;
  description.reserve(all.size() * sizeof(all[0]));
  for (auto x : all)
    append_u64(description, x);
  return fingerprint_of(description);
}

bool operator==(const digest_sum& x, const digest_sum& y) {
  return x.is_same_one(y) || x.expanded() == y.expanded();
}

} // namespace cafmesh
