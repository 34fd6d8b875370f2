#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <sodium.h>

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/options.hpp"
#include "tools/benchmarks/stamp.hpp"

// Measures what the machine itself allows. Each role does its work in the
// simplest way: with one blocking socket and one thread per side, frames that
// begin with their length, and libsodium's secretbox.

namespace {

using bench::options;
using buffer = std::vector<std::uint8_t>;

constexpr std::size_t length_size = 4;
constexpr std::size_t room = 256 * 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Encrypts or decrypts the frames of one direction.
class sealer {
public:
  explicit sealer(bool encrypted) : encrypted_(encrypted) {
  }

  std::size_t overhead() const noexcept {
    return encrypted_ ? crypto_secretbox_MACBYTES : 0;
  }

  void append(const std::uint8_t* text, std::size_t size, buffer& out) {
    auto sealed = size + overhead();
    auto start = out.size();
    out.resize(start + length_size + sealed);
    auto at = out.data() + start;
    auto length = htonl(static_cast<std::uint32_t>(sealed));
    std::memcpy(at, &length, length_size);
    if (encrypted_)
      crypto_secretbox_easy(at + length_size, text, size, next_nonce(), key_);
    else
      std::memcpy(at + length_size, text, size);
  }

  const std::uint8_t* open(std::uint8_t* box, std::size_t size) {
    if (!encrypted_)
      return box;
    if (crypto_secretbox_open_easy(box, box, size, next_nonce(), key_) != 0)
      throw std::runtime_error("a frame does not open");
    return box;
  }

private:
  const std::uint8_t* next_nonce() {
    bench::write_stamp(nonce_, sequence_++);
    return nonce_;
  }

  bool encrypted_;
  std::uint64_t sequence_ = 0;
  std::uint8_t key_[crypto_secretbox_KEYBYTES] = {7};
  std::uint8_t nonce_[crypto_secretbox_NONCEBYTES] = {};
};

class connection {
public:
  connection(int fd, bool encrypted)
      : fd_(fd), ours_(encrypted), theirs_(encrypted), input_(room) {
    int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    close(fd_);
  }

  void queue(const std::uint8_t* text, std::size_t size) {
    ours_.append(text, size, output_);
    if (output_.size() >= room / 2)
      flush();
  }

  void flush() {
    for (std::size_t done = 0; done < output_.size();) {
      auto n =
        send(fd_, output_.data() + done, output_.size() - done, MSG_NOSIGNAL);
      if (n < 0)
        fail("send");
      done += static_cast<std::size_t>(n);
    }
    output_.clear();
  }

  // Reads once and calls `f` with each complete frame.
  // @returns false at the end of the stream
  template <class F>
  bool read(F&& f) {
    if (filled_ == input_.size())
      input_.resize(input_.size() * 2);
    auto n = recv(fd_, input_.data() + filled_, input_.size() - filled_, 0);
    if (n <= 0)
      return false;
    filled_ += static_cast<std::size_t>(n);
    std::size_t at = 0;
    while (filled_ - at >= length_size) {
      std::uint32_t length = 0;
      std::memcpy(&length, input_.data() + at, length_size);
      std::size_t size = ntohl(length);
      if (filled_ - at - length_size < size)
        break;
      auto text = theirs_.open(input_.data() + at + length_size, size);
      f(text, size - theirs_.overhead());
      at += length_size + size;
    }
    std::memmove(input_.data(), input_.data() + at, filled_ - at);
    filled_ -= at;
    return true;
  }

private:
  int fd_;
  sealer ours_;
  sealer theirs_;
  buffer output_;
  buffer input_;
  std::size_t filled_ = 0;
};

int accept_one(std::uint16_t port) {
  auto fd = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto address = reinterpret_cast<sockaddr*>(&where);
  socklen_t size = sizeof(where);
  if (bind(fd, address, size) != 0 || listen(fd, 1) != 0
      || getsockname(fd, address, &size) != 0)
    fail("listen");
  bench::report("ready", "\"port\":" + std::to_string(ntohs(where.sin_port)));
  auto result = accept(fd, nullptr, nullptr);
  close(fd);
  return result;
}

int connect_to(const std::string& address) {
  auto fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  auto colon = address.find(':');
  where.sin_port =
    htons(static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1))));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&where), sizeof(where)) != 0)
    fail("connect");
  bench::report("ready");
  return fd;
}

void sink(connection& link, const options& opts) {
  bench::arrivals seen{opts.size};
  auto done = false;
  while (!done)
    link.read([&](const std::uint8_t* text, std::size_t size) {
      done = seen.take(text, size);
    });
  bench::report("done", seen.summary());
}

void source(connection& link, const options& opts) {
  buffer message(opts.size);
  bench::stopwatch watch;
  // Reads the clock only once per 64 KiB, because reading it for each small
  // message would cost time.
  auto between_looks = std::max<std::size_t>(1, 64 * 1024 / opts.size);
  std::uint64_t next = 0;
  for (auto over = false; !over;) {
    over = next % between_looks == 0 && watch.seconds() >= opts.seconds;
    bench::write_stamp(message.data(), over ? next | bench::last_mark : next);
    ++next;
    link.queue(message.data(), message.size());
  }
  link.flush();
  bench::report("sent", "\"messages\":" + std::to_string(next)
                          + ",\"seconds\":" + std::to_string(watch.seconds())
                          + ",\"cpu\":" + std::to_string(watch.cpu_seconds()));
}

void echo(connection& link) {
  auto send_back = [&](const std::uint8_t* text, std::size_t size) {
    link.queue(text, size);
    link.flush();
  };
  while (link.read(send_back))
    ;
}

void pinger(connection& link, const options& opts) {
  buffer message(opts.size);
  std::vector<std::uint32_t> round_trips;
  bench::stopwatch watch;
  while (watch.seconds() < opts.seconds) {
    auto left = bench::steady::now();
    link.queue(message.data(), message.size());
    link.flush();
    auto back = false;
    while (!back)
      link.read([&](const std::uint8_t*, std::size_t) { back = true; });
    round_trips.push_back(static_cast<std::uint32_t>(
      std::chrono::nanoseconds{bench::steady::now() - left}.count()));
  }
  auto cpu = watch.cpu_seconds();
  bench::report("done", bench::describe_latencies(round_trips)
                          + ",\"cpu\":" + std::to_string(cpu));
}

int run(const options& opts) {
  if (sodium_init() < 0)
    throw std::runtime_error("libsodium does not start");
  auto fd =
    opts.peers.empty() ? accept_one(opts.port) : connect_to(opts.peers.front());
  connection link{fd, opts.password.has_value()};
  if (opts.role == "sink")
    sink(link, opts);
  else if (opts.role == "source")
    source(link, opts);
  else if (opts.role == "echo")
    echo(link);
  else if (opts.role == "pinger")
    pinger(link, opts);
  else
    throw std::invalid_argument("the floor has no role '" + opts.role + "'");
  bench::wait_for_end_of_input();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
