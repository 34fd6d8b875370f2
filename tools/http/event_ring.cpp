#include "tools/http/event_ring.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace http {

double event_ring::add(event x) {
  ++last_;
  entries_.push_back({std::move(x)});
  auto size = size_of(entries_.back());
  bytes_ += size;
  // The newest event stays, whatever its size.
  while (entries_.size() > 1
         && (bytes_ > most_bytes_ || entries_.size() > most_events_)) {
    bytes_ -= size_of(entries_.front());
    entries_.pop_front();
  }
  return std::max(static_cast<double>(size) / static_cast<double>(most_bytes_),
                  1 / static_cast<double>(most_events_));
}

shared_text event_ring::text(std::uint64_t number, unsigned variant) const {
  const auto& x = entries_[static_cast<std::size_t>(number - first())];
  auto result = x.texts[variant].lock();
  if (!result) {
    result = std::make_shared<const std::string>(
      format_event(x.what.type, id(number), x.what.json(variant)));
    x.texts[variant] = result;
  }
  return result;
}

std::optional<std::uint64_t> event_ring::after(std::string_view id) const {
  if (id.size() <= epoch_.size() + 1 || id.substr(0, epoch_.size()) != epoch_
      || id[epoch_.size()] != '-')
    return std::nullopt;
  auto digits = id.substr(epoch_.size() + 1);
  std::uint64_t number = 0;
  auto end = digits.data() + digits.size();
  auto read = std::from_chars(digits.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  if (number > last_ || number + 1 < first())
    return std::nullopt;
  return number + 1;
}

} // namespace http
