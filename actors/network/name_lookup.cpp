#include "actors/network/name_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <caf/abstract_actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/caf_version/without_signals.hpp"
#include "actors/network/per_process.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh {

namespace {

// Exceeds the maximum number of dials, because a lookup can outlast its dial.
constexpr int most_lookups = 128;

per_process<std::atomic<int>> lookups_here;

caf::error cannot_resolve(const std::string& host, const std::string& why) {
  return make_error(errc::cannot_resolve, "'" + host + "': " + why);
}

/// Keeps a reference to the dialler that waits for a lookup, until the dialler
/// ends. The lookup's thread owns this object and not the dialler, because the
/// thread may outlive the actor system, and no actor may be destroyed after the
/// system.
class waiting_dialler {
public:
  explicit waiting_dialler(dial_owner_actor who) : who_(std::move(who)) {
  }

  template <class T>
  void tell(T&& x) {
    std::lock_guard guard{mutex_};
    if (who_)
      caf::anon_send(who_, std::forward<T>(x));
  }

  void ended() {
    dial_owner_actor released;
    std::lock_guard guard{mutex_};
    std::swap(released, who_);
  }

private:
  std::mutex mutex_;
  dial_owner_actor who_; // null after the dialler's end
};

struct address_list {
  addrinfo* first = nullptr;

  address_list() = default;
  address_list(const address_list&) = delete;
  address_list& operator=(const address_list&) = delete;
  ~address_list() {
    if (first)
      ::freeaddrinfo(first);
  }
};

void ask_system(const std::string& host, waiting_dialler& who) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  address_list found;
  if (auto failure =
        ::getaddrinfo(host.c_str(), nullptr, &wanted, &found.first)) {
    const auto* why =
      failure == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(failure);
    return who.tell(name_unresolved{cannot_resolve(host, why)});
  }
  name_resolved result;
  for (const auto* x = found.first; x; x = x->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(x->ai_addr, x->ai_addrlen, text.data(), text.size(),
                      nullptr, 0, NI_NUMERICHOST)
        == 0)
      result.addresses.emplace_back(text.data());
  }
  if (result.addresses.empty())
    return who.tell(name_unresolved{cannot_resolve(host, "has no address")});
  who.tell(std::move(result));
}

} // namespace

void look_up(const std::string& host, const dial_owner_actor& who) {
  auto& lookups = lookups_here.get();
  if (++lookups > most_lookups) {
    --lookups;
    caf::anon_send(who, name_unresolved{cannot_resolve(
                          host, "too many names are being resolved")});
    return;
  }
  auto waiting = std::make_shared<waiting_dialler>(who);
  caf::actor_cast<caf::abstract_actor*>(who)->attach_functor(
    [waiting] { waiting->ended(); });
  try {
    without_signals inherited;
    std::thread{[host, waiting, &lookups] {
      ask_system(host, *waiting);
      --lookups;
    }}.detach();
  } catch (const std::system_error& why) {
    --lookups;
    waiting->tell(name_unresolved{cannot_resolve(host, why.what())});
  }
}

} // namespace cafmesh
