#include "tests/interop/counter_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace cafmesh::test {

namespace {

std::vector<std::string> command_of(const counter_options& options,
                                    std::uint16_t http_port) {
  const auto* program = options.program == kind::cpp ? CAFMESH_COUNTER
                        : options.hash_names         ? CAFMESH_GO_COUNTER_HASH
                                                     : CAFMESH_GO_COUNTER_MAC;
  std::vector<std::string> args{
    program,
    "--hwaddr=" + options.hwaddr,
    "--nickname=" + options.nickname,
    "--mesh=127.0.0.1:" + std::to_string(options.mesh_port),
    "--http=127.0.0.1:" + std::to_string(http_port),
  };
  if (options.password)
    args.push_back("--password=" + *options.password);
  if (!options.password_file.empty())
    args.push_back("--password-file=" + options.password_file);
  for (const auto& peer : options.peers)
    args.push_back("--peer=" + peer);
  if (options.program == kind::cpp) {
    // The Go program has no such option. It always dials the peers that it
    // discovers.
    args.emplace_back("--discovery=false");
    if (options.hash_names)
      args.emplace_back("--name-flavour=hash");
  }
  return args;
}

class connected_socket {
public:
  explicit connected_socket(std::uint16_t port)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    timeval limit{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0)
      return;
    auto why = errno;
    ::close(fd_);
    throw std::system_error(why, std::generic_category(), "connect");
  }
  connected_socket(const connected_socket&) = delete;
  connected_socket& operator=(const connected_socket&) = delete;
  ~connected_socket() {
    ::close(fd_);
  }

  void write(const std::string& text) const {
    if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(text.size()))
      throw std::system_error(errno, std::generic_category(), "send");
  }

  std::string read_all() const {
    std::string result;
    std::array<char, 4096> buffer;
    for (;;) {
      auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (n < 0)
        throw std::system_error(errno, std::generic_category(), "recv");
      if (n == 0)
        return result;
      result.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }

private:
  int fd_;
};

/// Sends an HTTP 1.0 request on a connection of its own. In that version,
/// bodies are not chunked.
/// @returns the body of the answer
std::string http(std::uint16_t port, const std::string& method,
                 const std::string& path) {
  connected_socket to{port};
  to.write(method + " " + path + " HTTP/1.0\r\nHost: localhost:"
           + std::to_string(port) + "\r\nContent-Length: 0\r\n\r\n");
  auto answer = to.read_all();
  auto body = answer.find("\r\n\r\n");
  if (body == std::string::npos || answer.find(" 200 ") > body)
    throw std::runtime_error(method + " " + path + " was answered with '"
                             + answer + "'");
  return answer.substr(body + 4);
}

// Memory mappings of at least this many bytes are not searched. A counter makes
// no mappings this large, but a sanitizer reserves terabytes of addresses for
// itself.
constexpr std::uint64_t least_shadow_size = std::uint64_t{1} << 30;

std::int64_t number_behind(const std::string& label, const std::string& body) {
  if (body.compare(0, label.size(), label) != 0)
    throw std::runtime_error("'" + label + "' was expected, got '" + body
                             + "'");
  return std::stoll(body.substr(label.size()));
}

} // namespace

counter_process::counter_process(counter_options options)
    : options_(std::move(options)), http_port_(free_port()) {
  if (options_.mesh_port == 0)
    options_.mesh_port = free_port();
  process_ = std::make_unique<child_process>(
    command_of(options_, http_port_),
    [this](const std::string* line) {
      std::lock_guard guard{mutex_};
      output_.push_back(line ? *line : "(the end)");
    },
    child_process::error_output::with_output);
  const bool answers = eventually([this] {
    try {
      count();
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  });
  if (!answers)
    throw std::runtime_error("counter " + options_.hwaddr
                             + " does not answer over HTTP" + latest_words());
}

std::string counter_process::address() const {
  return "127.0.0.1:" + std::to_string(options_.mesh_port);
}

std::int64_t counter_process::count() const {
  return number_behind("get => ", http(http_port_, "GET", "/"));
}

std::int64_t counter_process::increment() const {
  return number_behind("incr => ", http(http_port_, "POST", "/"));
}

nlohmann::json counter_process::peers() const {
  if (options_.program == kind::go)
    return nullptr;
  return nlohmann::json::parse(http(http_port_, "GET", "/peers"));
}

bool counter_process::knows(const std::string& name) const {
  const auto known = peers();
  return std::any_of(known.begin(), known.end(), [&](const auto& x) {
    return x.at("Name") == name && x.at("UID") != 0;
  });
}

std::string counter_process::command_line() const {
  std::ifstream in{"/proc/" + std::to_string(process_->pid()) + "/cmdline",
                   std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::size_t counter_process::times_in_memory(const std::string& text) const {
  const auto process = "/proc/" + std::to_string(process_->pid());
  std::ifstream maps{process + "/maps"};
  std::ifstream memory{process + "/mem", std::ios::binary};
  if (!maps || !memory)
    throw std::system_error(errno, std::generic_category(), process);
  std::size_t result = 0;
  std::size_t read = 0;
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    char may_read = '-';
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %c", &from, &to,
                    &may_read)
          != 3
        || may_read != 'r' || line.find("[v") != std::string::npos
        || to - from >= least_shadow_size)
      continue;
    std::string all(to - from, '\0');
    memory.clear();
    memory.seekg(static_cast<std::streamoff>(from));
    memory.read(all.data(), static_cast<std::streamsize>(all.size()));
    all.resize(static_cast<std::size_t>(memory.gcount()));
    read += all.size();
    for (auto i = all.find(text); i != std::string::npos;
         i = all.find(text, i + 1))
      ++result;
  }
  if (read < 1'000'000)
    throw std::runtime_error("cannot read the memory of " + process);
  return result;
}

void counter_process::kill() {
  process_->send_signal(SIGKILL);
  process_->wait();
}

int counter_process::stop(int signal_number) {
  process_->send_signal(signal_number);
  return process_->wait();
}

std::string counter_process::latest_words() const {
  std::lock_guard guard{mutex_};
  std::string result;
  const auto shown = std::min<std::size_t>(output_.size(), 10);
  for (auto i = output_.size() - shown; i < output_.size(); ++i)
    result += "\n    " + output_[i];
  return result;
}

bool agree_on(const std::vector<const counter_process*>& all,
              std::int64_t number) {
  // A counter can miss a broadcast while some peer does not know all
  // connections yet. It then gets the number with the next periodic gossip, up
  // to 30 s later.
  constexpr std::chrono::seconds longer_than_gossip_interval{45};
  return eventually(
    [&] {
      return std::all_of(all.begin(), all.end(),
                         [&](const auto* x) { return x->count() == number; });
    },
    longer_than_gossip_interval);
}

} // namespace cafmesh::test
