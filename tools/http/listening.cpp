#include "tools/http/listening.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace http {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view mapped_prefix = "::ffff:";

failure because(const std::string& address, int number) {
  return {number, "cannot listen on " + address
                    + " for HTTP: " + std::strerror(number)};
}

struct numeric_address {
  std::string host;
  std::string port;
};

numeric_address numeric(const sockaddr_storage& x, socklen_t size) {
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&x), size, host,
                  sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV)
      != 0)
    return {};
  std::string_view text = host;
  // An IPv6 socket that also accepts IPv4 clients reports their addresses with
  // this prefix.
  if (text.substr(0, mapped_prefix.size()) == mapped_prefix
      && text.find('.') != std::string_view::npos)
    text.remove_prefix(mapped_prefix.size());
  return {std::string{text}, port};
}

std::string text_of(const numeric_address& x) {
  auto is_v6 = x.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + x.host + "]" : x.host) + ":" + x.port;
}

// Removes the file of a socket on which nobody listens.
void remove_stale(const sockaddr_un& name) {
  struct stat found {};
  if (lstat(name.sun_path, &found) != 0 || !S_ISSOCK(found.st_mode))
    return;
  auto probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0)
    return;
  auto is_stale =
    connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0
    && errno == ECONNREFUSED;
  ::close(probe);
  if (is_stale)
    unlink(name.sun_path);
}

failure bind_and_listen(const std::string& address, int descriptor,
                        const sockaddr* name, socklen_t size) {
  if (bind(descriptor, name, size) != 0
      || ::listen(descriptor, SOMAXCONN) != 0) {
    auto number = errno;
    ::close(descriptor);
    return because(address, number);
  }
  return {};
}

failure open_unix(const std::string& address, unsigned mode,
                  listening_socket& to) {
  auto path = address.substr(unix_prefix.size());
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(name.sun_path))
    return because(address, ENAMETOOLONG);
  path.copy(name.sun_path, path.size());
  remove_stale(name);
  auto descriptor =
    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0)
    return because(address, errno);
  // Sets the mode before bind, so that the file never has wider permissions.
  fchmod(descriptor, mode);
  if (auto wrong =
        bind_and_listen(address, descriptor,
                        reinterpret_cast<const sockaddr*>(&name), sizeof(name)))
    return wrong;
  chmod(path.c_str(), mode);
  to = {descriptor, address, path};
  return {};
}

failure open_tcp(const std::string& address, const addrinfo& at,
                 listening_socket& to) {
  auto descriptor =
    socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0)
    return because(address, errno);
  int yes = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (auto wrong =
        bind_and_listen(address, descriptor, at.ai_addr, at.ai_addrlen))
    return wrong;
  return adopt_listening(descriptor, to);
}

// Names the user at the other end of a Unix socket, who counts as one client.
std::optional<std::string> user_at(int descriptor) {
  ucred found{};
  socklen_t size = sizeof(found);
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0)
    return std::nullopt;
  return "user " + std::to_string(found.uid);
}

} // namespace

failure open_listening(const std::string& address, unsigned mode,
                       listening_socket& to) {
  if (address.rfind(unix_prefix, 0) == 0)
    return open_unix(address, mode, to);
  auto colon = address.rfind(':');
  if (colon == std::string::npos)
    return {0, "'" + address + "' is not HOST:PORT and not unix:/path"};
  auto host = address.substr(0, colon);
  auto port = address.substr(colon + 1);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  auto status = getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(),
                            &hints, &found);
  if (status != 0)
    return {0, "cannot listen on " + address
                 + " for HTTP: " + gai_strerror(status)};
  auto result = open_tcp(address, *found, to);
  freeaddrinfo(found);
  return result;
}

failure adopt_listening(int descriptor, listening_socket& to) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  int listens = 0;
  socklen_t listens_size = sizeof(listens);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) != 0
      || getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens,
                    &listens_size)
           != 0)
    return because("an inherited socket", errno);
  if (listens == 0)
    return {EINVAL, "the inherited descriptor is no listening socket"};
  fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  if (name.ss_family == AF_UNIX)
    to = {descriptor,
          std::string{unix_prefix}
            + reinterpret_cast<const sockaddr_un&>(name).sun_path,
          {}};
  else
    to = {descriptor, text_of(numeric(name, size)), {}};
  return {};
}

void close_listening(const listening_socket& x) {
  ::close(x.descriptor);
  if (!x.path.empty())
    unlink(x.path.c_str());
}

std::optional<connection_ends> ends_of(int descriptor) {
  connection_ends result;
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    return std::nullopt;
  if (name.ss_family == AF_UNIX) {
    auto user = user_at(descriptor);
    if (!user)
      return std::nullopt;
    result.remote = *user;
    return result;
  }
  auto own = numeric(name, size);
  result.local.host = std::move(own.host);
  result.local.port = std::move(own.port);
  size = sizeof(name);
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    return std::nullopt;
  result.remote = numeric(name, size).host;
  if (result.local.host.empty() || result.remote.empty())
    return std::nullopt;
  return result;
}

} // namespace http
