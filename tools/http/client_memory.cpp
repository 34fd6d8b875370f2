#include "tools/http/client_memory.hpp"

#include <utility>

#include "tools/http/client_counts.hpp"

namespace http {

namespace {

using lock = std::lock_guard<std::mutex>;

} // namespace

client_memory::verdict client_memory::replace(const std::string& address,
                                              std::size_t was,
                                              std::size_t now) {
  lock guard{mutex_};
  all_ = all_ - was + now;
  std::size_t own = 0;
  if (!address.empty()) {
    auto i = by_client_.emplace(client_of(address), 0).first;
    own = i->second = i->second - was + now;
    if (own == 0)
      by_client_.erase(i);
  }
  if (now <= was)
    return verdict::fits;
  if (own > limits_.held_bytes_per_address)
    return verdict::client_full;
  return all_ > limits_.held_bytes ? verdict::server_full : verdict::fits;
}

client_memory::verdict
client_memory::judge_output(const std::string& address) const {
  lock guard{mutex_};
  auto own = by_client_.find(client_of(address));
  if (own != by_client_.end()
      && own->second > limits_.held_bytes_per_address / 2)
    return verdict::client_full;
  return all_ > limits_.held_bytes / 2 ? verdict::server_full : verdict::fits;
}

std::size_t client_memory::total() const {
  lock guard{mutex_};
  return all_;
}

held_bytes::verdict held_bytes::set(std::size_t bytes) {
  auto was = std::exchange(bytes_, bytes);
  return !in_ || was == bytes ? verdict::fits
                              : in_->replace(address_, was, bytes);
}

problem busy(client_memory::verdict why) {
  auto is_own = why == client_memory::verdict::client_full;
  return {is_own ? 429 : 503,
          "busy",
          is_own ? "The server holds as much for the client as it may."
                 : "The server holds as much for clients as it may.",
          {},
          {{"Retry-After", "1"}}};
}

} // namespace http
