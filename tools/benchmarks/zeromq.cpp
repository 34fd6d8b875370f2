#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <vector>

#include "tools/benchmarks/measure.hpp"
#include "tools/benchmarks/options.hpp"
#include "tools/benchmarks/stamp.hpp"

// Measures ZeroMQ, an alternative for C++ users. Streams use PUSH and PULL, and
// round trips use PAIR, plain or encrypted with CURVE. One I/O thread runs in
// addition to the calling thread.

namespace {

using bench::options;

// Example keys from ZeroMQ's manual.
constexpr const char* server_public =
  "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
constexpr const char* server_secret =
  "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";
constexpr const char* client_public =
  "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
constexpr const char* client_secret =
  "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";

constexpr std::size_t most_waiting_bytes = 64 * 1024 * 1024;

void check(bool good, const char* what) {
  if (!good)
    throw std::runtime_error(std::string{what} + ": "
                             + zmq_strerror(zmq_errno()));
}

class channel {
public:
  channel(const options& opts, int type) : socket_(zmq_socket(context_, type)) {
    check(socket_ != nullptr, "socket");
    auto limit = static_cast<int>(
      std::clamp<std::size_t>(most_waiting_bytes / opts.size, 16, 100'000));
    set(ZMQ_SNDHWM, limit);
    set(ZMQ_RCVHWM, limit);
    auto is_server = opts.peers.empty();
    if (opts.password)
      encrypt(is_server);
    if (is_server)
      bind(opts.port);
    else
      check(zmq_connect(socket_, ("tcp://" + opts.peers.front()).c_str()) == 0,
            "connect");
  }
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  ~channel() {
    set(ZMQ_LINGER, 0);
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }

  void send(const std::vector<std::uint8_t>& x) {
    while (zmq_send(socket_, x.data(), x.size(), 0) < 0)
      check(zmq_errno() == EINTR, "send");
  }

  template <class F>
  void receive(F&& f) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    while (zmq_msg_recv(&message, socket_, 0) < 0)
      check(zmq_errno() == EINTR, "receive");
    f(static_cast<const std::uint8_t*>(zmq_msg_data(&message)),
      zmq_msg_size(&message));
    zmq_msg_close(&message);
  }

private:
  void set(int name, int value) {
    check(zmq_setsockopt(socket_, name, &value, sizeof(value)) == 0, "option");
  }
  void set(int name, const char* key) {
    constexpr std::size_t key_size = 40;
    check(zmq_setsockopt(socket_, name, key, key_size) == 0, "key");
  }
  void encrypt(bool is_server) {
    if (is_server) {
      set(ZMQ_CURVE_SERVER, 1);
      set(ZMQ_CURVE_SECRETKEY, server_secret);
    } else {
      set(ZMQ_CURVE_SERVERKEY, server_public);
      set(ZMQ_CURVE_PUBLICKEY, client_public);
      set(ZMQ_CURVE_SECRETKEY, client_secret);
    }
  }
  void bind(std::uint16_t port) {
    auto address = "tcp://127.0.0.1:" + std::to_string(port);
    check(zmq_bind(socket_, address.c_str()) == 0, "bind");
  }

  void* context_ = zmq_ctx_new();
  void* socket_;
};

void sink(const options& opts) {
  channel from{opts, ZMQ_PULL};
  bench::report("ready");
  bench::arrivals seen{opts.size};
  auto done = false;
  while (!done)
    from.receive([&](const std::uint8_t* data, std::size_t size) {
      done = seen.take(data, size);
    });
  bench::report("done", seen.summary());
  bench::wait_for_end_of_input();
}

void source(const options& opts) {
  channel to{opts, ZMQ_PUSH};
  bench::report("ready");
  std::vector<std::uint8_t> message(opts.size);
  auto between_looks = std::max<std::size_t>(1, 64 * 1024 / opts.size);
  bench::stopwatch watch;
  std::uint64_t next = 0;
  for (auto over = false; !over;) {
    over = next % between_looks == 0 && watch.seconds() >= opts.seconds;
    bench::write_stamp(message.data(), over ? next | bench::last_mark : next);
    ++next;
    to.send(message);
  }
  // Reports the result now, so that the remaining work of the I/O thread does
  // not count.
  bench::report("sent", "\"messages\":" + std::to_string(next)
                          + ",\"seconds\":" + std::to_string(watch.seconds())
                          + ",\"cpu\":" + std::to_string(watch.cpu_seconds()));
  bench::wait_for_end_of_input();
}

void echo(const options& opts) {
  channel both{opts, ZMQ_PAIR};
  bench::end_with_input();
  bench::report("ready");
  for (;;)
    both.receive([&](const std::uint8_t* data, std::size_t size) {
      both.send({data, data + size});
    });
}

void pinger(const options& opts) {
  channel both{opts, ZMQ_PAIR};
  bench::report("ready");
  std::vector<std::uint8_t> message(opts.size);
  std::vector<std::uint32_t> round_trips;
  auto ping = [&] {
    auto left = bench::steady::now();
    both.send(message);
    both.receive([](const std::uint8_t*, std::size_t) {});
    return bench::steady::now() - left;
  };
  ping(); // not measured: it waits for the connection
  bench::stopwatch watch;
  while (watch.seconds() < opts.seconds)
    round_trips.push_back(
      static_cast<std::uint32_t>(std::chrono::nanoseconds{ping()}.count()));
  auto cpu = watch.cpu_seconds();
  bench::report("done", bench::describe_latencies(round_trips)
                          + ",\"cpu\":" + std::to_string(cpu));
  bench::wait_for_end_of_input();
}

int run(const options& opts) {
  if (opts.role == "sink")
    sink(opts);
  else if (opts.role == "source")
    source(opts);
  else if (opts.role == "echo")
    echo(opts);
  else if (opts.role == "pinger")
    pinger(opts);
  else
    throw std::invalid_argument("there is no role '" + opts.role + "'");
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  return bench::run_driver(argc, argv, run);
}
