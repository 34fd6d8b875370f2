#include "tests/scenarios/bad_wire.hpp"

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cafmesh::test {

namespace {

// Opens a network interface inside a namespace. A new thread enters the
// namespace, so that the calling thread stays outside.
int open_card(const std::string& name) {
  int result = -1;
  std::thread{[&] {
    const auto there =
      ::open(("/run/netns/" + name).c_str(), O_RDONLY | O_CLOEXEC);
    if (there < 0 || ::setns(there, CLONE_NEWNET) != 0)
      return;
    ::close(there);
    const auto fd = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    ifreq card{};
    card.ifr_flags = IFF_TAP | IFF_NO_PI;
    std::strcpy(card.ifr_name, "eth0");
    if (fd >= 0 && ::ioctl(fd, TUNSETIFF, &card) == 0)
      result = fd;
  }}.join();
  if (result < 0)
    throw std::runtime_error("no network interface in " + name);
  return result;
}

} // namespace

bool bad_wire::is_possible() {
  const auto fd = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (fd >= 0)
    ::close(fd);
  return fd >= 0;
}

bad_wire::bad_wire(const std::vector<std::string>& namespaces,
                   wire_quality quality, std::uint64_t seed)
    : quality_(quality), rng_(seed) {
  for (const auto& name : namespaces)
    cards_.push_back(open_card(name));
  thread_ = std::thread{[this] {
    carry();
  }};
}

bad_wire::~bad_wire() {
  ended_ = true;
  thread_.join();
  for (auto fd : cards_)
    ::close(fd);
}

void bad_wire::carry() {
  std::vector<pollfd> all;
  for (auto fd : cards_)
    all.push_back({fd, POLLIN, 0});
  while (!ended_) {
    ::poll(all.data(), all.size(), 1);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i].revents != 0)
        take_from(i);
    hand_out();
  }
}

void bad_wire::take_from(std::size_t card) {
  std::array<char, 2048> buffer;
  std::bernoulli_distribution lost{quality_.loss};
  for (;;) {
    const auto n = ::read(cards_[card], buffer.data(), buffer.size());
    if (n <= 0)
      return;
    if (!lost(rng_))
      under_way_.emplace(
        clock::now() + quality_.delay,
        frame{card, {buffer.data(), static_cast<std::size_t>(n)}});
  }
}

// Delivers the frames that are due, each to all interfaces except the one that
// sent it. Interfaces ignore frames that are not addressed to them.
void bad_wire::hand_out() {
  while (!under_way_.empty() && under_way_.begin()->first <= clock::now()) {
    const auto& next = under_way_.begin()->second;
    for (std::size_t i = 0; i < cards_.size(); ++i)
      if (i != next.from
          && ::write(cards_[i], next.bytes.data(), next.bytes.size()) < 0)
        continue; // the frame is lost: interface full or down
    under_way_.erase(under_way_.begin());
  }
}

} // namespace cafmesh::test
