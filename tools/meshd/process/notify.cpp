#include "tools/meshd/process/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace meshd {

namespace {

std::optional<std::chrono::microseconds> watchdog_time() {
  const auto* time = std::getenv("WATCHDOG_USEC");
  const auto* whose = std::getenv("WATCHDOG_PID");
  if (time == nullptr
      || (whose != nullptr && std::strtol(whose, nullptr, 10) != getpid()))
    return std::nullopt;
  auto result = std::strtoll(time, nullptr, 10);
  if (result <= 0)
    return std::nullopt;
  return std::chrono::microseconds{result};
}

} // namespace

notifier::notifier() : watchdog_(watchdog_time()) {
  const auto* address = std::getenv("NOTIFY_SOCKET");
  if (address == nullptr || (address[0] != '/' && address[0] != '@')
      || std::strlen(address) >= sizeof(sockaddr_un::sun_path))
    return;
  address_ = address;
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

notifier::~notifier() {
  if (socket_ >= 0)
    close(socket_);
}

void notifier::send(const std::string& state) const {
  if (socket_ < 0)
    return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::copy(address_.begin(), address_.end(), to.sun_path);
  if (to.sun_path[0] == '@')
    to.sun_path[0] = '\0';
  auto size =
    static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  sendto(socket_, state.data(), state.size(), MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&to), size);
}

void notifier::reloading() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  auto microseconds = now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

} // namespace meshd
