#include "actors/core/mesh/record_index.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/core/crdt/big_endian.hpp"

namespace cafmesh {

namespace {

constexpr std::size_t digest_size = 16;

class key {
public:
  explicit key(const peer_name& x) : size_(x.size()) {
    x.write_to(bytes_.data());
  }
  std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), size_};
  }

private:
  std::array<std::uint8_t, max_name_size> bytes_;
  std::size_t size_;
};

} // namespace

record_index::record_index(std::shared_ptr<const roster> peers)
    : peers_(std::move(peers)) {
  auto most = peers_->names.size();
  slots_.reserve(most);
  digests_.reserve(digest_size * most);
  bytes_.reserve(most + 1);
  bytes_.push_back(0);
}

void record_index::add(slot who, fingerprint record, std::size_t bytes) {
  bytes_.push_back(bytes_.back() + bytes);
  slots_.push_back(who);
  append_u64(digests_, record.high());
  append_u64(digests_, record.low());
}

record_index::range_summary record_index::between(std::size_t begin,
                                                  std::size_t end) const {
  if (begin == end)
    return {};
  return {fingerprint_of(
    byte_view{digests_}.sub(digest_size * begin, digest_size * (end - begin)))};
}

std::pair<record_index::range_summary, std::size_t>
record_index::summary(std::string_view first,
                      std::optional<std::string_view> last) const {
  auto [begin, end] = bounds(first, last);
  return {between(begin, end), end - begin};
}

record_index::item record_index::nth(std::size_t position) const {
  return {std::string{key{name_of(slots_[position])}.view()}};
}

std::size_t record_index::bytes_in(const key_range& x) const {
  auto [begin, end] = bounds(x.first, x.end);
  return bytes_[end] - bytes_[begin];
}

std::vector<slot> record_index::slots_in(const key_range& x) const {
  auto [begin, end] = bounds(x.first, x.end);
  auto all = slots_.begin();
  return {all + static_cast<std::ptrdiff_t>(begin),
          all + static_cast<std::ptrdiff_t>(end)};
}

std::size_t record_index::position(std::string_view wanted) const {
  auto less = [this](slot x, std::string_view y) {
    return key{name_of(x)}.view() < y;
  };
  return static_cast<std::size_t>(
    std::lower_bound(slots_.begin(), slots_.end(), wanted, less)
    - slots_.begin());
}

std::pair<std::size_t, std::size_t>
record_index::bounds(std::string_view first,
                     std::optional<std::string_view> last) const {
  auto begin = position(first);
  auto end = last ? position(*last) : size();
  return {begin, std::max(begin, end)};
}

} // namespace cafmesh
