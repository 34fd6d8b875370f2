#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/http/client_memory.hpp"
#include "tools/http/exchange.hpp"
#include "tools/http/executor.hpp"
#include "tools/http/guards.hpp"
#include "tools/http/tokens.hpp"
#include "tools/http/transport.hpp"
#include "tools/http/wire_parser.hpp"

/// The class `connection`. Its sources are connection_reading.cpp,
/// connection_answering.cpp and connection_streams.cpp.
namespace http {

class stream_queue;

struct connection_ends {
  std::string remote; ///< numeric client address; empty for a Unix socket
  local_address local;
};

/// One connection of a client. It reads a request, passes the request to a
/// handler, sends the answer, and reads the next request. It can also become a
/// stream of events or a WebSocket. A `transport` owns its socket.
class connection : public std::enable_shared_from_this<connection> {
public:
  using time_point = executor::time_point;

  connection(std::shared_ptr<server_parts> shared,
             std::shared_ptr<executor> thread, connection_ends ends);
  ~connection();

  // -- on its own thread

  void start(std::unique_ptr<transport> over);
  void on_handshake(bool is_done);
  /// @param size 0 if the client has closed its end or the connection is broken
  void on_read(std::size_t size);
  void on_written(std::size_t size);
  void on_socket_bytes(std::size_t received, std::size_t sent);
  /// Counts the bytes of a WebSocket's unhandled message as held for the
  /// client. Cuts the client off if the rest of the message takes longer than
  /// that of a body may take.
  /// @param capacity the size of the message's buffer
  /// @returns false if a limit is exceeded
  bool on_unhandled_bytes(std::size_t bytes, bool is_whole = true,
                          std::size_t capacity = 0);
  /// Cuts the client off if it takes a message of a WebSocket too slowly.
  void on_socket_write(std::size_t bytes);
  void on_socket_written();
  /// Cuts the client off unless its WebSocket ends soon.
  void on_socket_closing();
  void on_socket_end();
  /// Checks the time-outs. To be called several times per second.
  void on_sweep(time_point now);
  /// To be called when the server stops. If no request is being handled, ends
  /// the connection immediately. Otherwise ends it after the answer.
  void wind_up();
  /// Ends a stream that the client's token no longer allows. To be called when
  /// the tokens have changed.
  void check_stream();
  void close();
  bool is_closed() const {
    return phase_ == phase::closed;
  }

  // -- on any thread; no effect unless `number` is that of the current request

  void answer(std::uint64_t number, response x);
  void set_answer_time(std::uint64_t number, std::chrono::milliseconds x);
  void begin_events(std::uint64_t number, std::shared_ptr<stream_queue> x);
  void begin_socket(std::uint64_t number, std::shared_ptr<socket_queue> x,
                    std::shared_ptr<exchange> from);

  /// The position of the connection in its thread's list; set by the thread.
  std::size_t index = 0;

private:
  enum class phase : std::uint8_t {
    handshake,
    head,
    body,
    handling,
    writing,
    events,
    socket,
    draining,
    closed
  };

  const limits& limit() const;
  time_point in(std::chrono::milliseconds x) const;
  std::chrono::milliseconds transfer_time(std::size_t bytes) const;
  /// Calls `f(*this)` on the connection's thread, immediately or later.
  template <class F>
  void run(F f) {
    if (thread_->is_this_thread())
      f(*this);
    else
      thread_->post(
        [self = shared_from_this(), f = std::move(f)]() mutable { f(*self); });
  }

  // -- reading a request: connection_reading.cpp

  void next_request();
  void begin_request();
  void process();
  bool step();
  void read_more();
  void read_aside();
  bool make_room();
  void free_buffer();
  void check_header();
  std::optional<problem> find_problem();
  std::optional<problem> find_route();
  std::optional<problem> check_access(const route& x);
  std::optional<problem> judge_credential();
  void expect_body();
  void check_body();
  void end_body();
  void refuse(const problem& x);
  void dispatch();
  std::string_view unread() const;

  // -- answering: connection_answering.cpp

  bool is_current(std::uint64_t number) const {
    return number == number_ && phase_ == phase::handling;
  }
  void write_answer(response x);
  void make_room_for(response& x);
  void write_head(const response& x);
  void write_rest();
  void written();
  void finish();
  void drain(std::size_t size);
  void expire();
  void cut_off();
  bool is_slow_beyond_limit();
  std::size_t bytes_of_events() const;

  // -- streams: connection_streams.cpp

  bool is_allowed() const;
  void start_events(std::uint64_t number, std::shared_ptr<stream_queue> x);
  void start_socket(std::uint64_t number, std::shared_ptr<socket_queue> x,
                    const request& from);
  void pump_events();
  void events_written();
  void sweep_events(time_point now);
  void sweep_socket(time_point now);
  void end_streams();

  std::shared_ptr<server_parts> shared_;
  std::shared_ptr<executor> thread_;
  connection_ends ends_;
  std::unique_ptr<transport> over_;
  phase phase_ = phase::handshake;
  time_point deadline_{};

  // Received bytes. Those in [begin_, end_) of the buffer are not parsed yet.
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t drained_ = 0;
  bool is_reading_ = false;
  bool has_begun_ = false; // some of the request has been received
  bool is_at_end_ = false; // the client has closed its end
  char aside_[16];

  // The current request.
  std::shared_ptr<exchange> receiving_;
  std::weak_ptr<exchange> current_;
  wire_parser parser_;
  std::uint64_t number_ = 0;
  std::size_t body_limit_ = 0;
  time_point body_begin_{};
  tokens::credential credential_;
  access needed_ = access::none;
  bool is_head_ = false;
  bool is_safe_ = false;
  bool keeps_alive_ = true;
  bool is_winding_up_ = false;

  // Of a WebSocket's unhandled message, or of output that is not read.
  held_bytes held_;

  // The answer that is being sent.
  std::string head_;
  std::string text_;
  std::vector<std::string_view> parts_;
  bool is_writing_ = false;

  // The stream.
  std::shared_ptr<stream_queue> events_;
  std::shared_ptr<socket_queue> socket_;
  bool is_unfinished_ = false;                    // the WebSocket's message
  time_point write_deadline_ = time_point::max(); // of the WebSocket's message
  time_point close_deadline_ = time_point::max(); // of the WebSocket
  std::vector<shared_text> batch_;
  std::size_t batch_bytes_ = 0;
  time_point next_comment_{};
};

} // namespace http
