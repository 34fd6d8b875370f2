#include "tools/http/client_counts.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <iterator>

namespace http {

namespace {

using lock = std::lock_guard<std::mutex>;

} // namespace

client_counts::verdict client_counts::enter(const std::string& address) {
  lock guard{mutex_};
  if (all_.connections >= limits_.connections)
    return verdict::server_full;
  if (!address.empty()) {
    auto& own = by_client_[client_of(address)];
    if (own.connections >= limits_.connections_per_address)
      return verdict::client_full;
    ++own.connections;
  }
  ++all_.connections;
  return verdict::admitted;
}

void client_counts::leave(const std::string& address) {
  lock guard{mutex_};
  --all_.connections;
  if (address.empty())
    return;
  auto own = by_client_.find(client_of(address));
  if (--own->second.connections == 0 && own->second.streams == 0)
    by_client_.erase(own);
}

bool client_counts::enter_stream(const std::string& address) {
  lock guard{mutex_};
  if (!address.empty()) {
    auto& own = by_client_[client_of(address)];
    if (own.streams >= limits_.streams_per_address)
      return false;
    ++own.streams;
  }
  ++all_.streams;
  return true;
}

void client_counts::leave_stream(const std::string& address) {
  lock guard{mutex_};
  --all_.streams;
  if (address.empty())
    return;
  auto own = by_client_.find(client_of(address));
  if (--own->second.streams == 0 && own->second.connections == 0)
    by_client_.erase(own);
}

std::size_t client_counts::connections() const {
  lock guard{mutex_};
  return all_.connections;
}

std::size_t client_counts::streams() const {
  lock guard{mutex_};
  return all_.streams;
}

std::string client_of(const std::string& address) {
  in6_addr bytes{};
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1)
    return address;
  std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr),
            std::uint8_t{0});
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, &bytes, text, sizeof(text));
  return text;
}

} // namespace http
