#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tools/http/connection.hpp"
#include "tools/http/executor.hpp"
#include "tools/http/memory_return.hpp"
#include "tools/http/transports.hpp"

namespace http {

/// One thread of a server, with the connections that it serves. One timer
/// checks the time-outs of all of them.
class loop : public executor, public std::enable_shared_from_this<loop> {
public:
  explicit loop(std::shared_ptr<server_parts> shared);
  ~loop() override;

  /// @returns the reason if the thread cannot be created
  failure start();

  bool is_this_thread() const override;
  void post(std::function<void()> f) override;
  void post_after(std::chrono::milliseconds delay, std::function<void()> f);

  /// Takes over a connected socket. To be called on this object's thread.
  void add(int descriptor, connection_ends ends,
           std::shared_ptr<tls_context> tls);

  boost::asio::io_context& io() {
    return io_;
  }

  /// Immediately ends each connection that handles no request. Ends the others
  /// after their answers.
  void wind_up();
  /// Ends the streams that the current access tokens no longer allow.
  void check_streams();
  /// Closes all connections and joins the thread, if there is one. Takes up to
  /// a second, plus the time of the running handler.
  void stop();

private:
  void run();
  void sweep();
  void close_all();
  void end_thread();

  std::shared_ptr<server_parts> shared_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
    work_;
  boost::asio::steady_timer sweeper_;
  std::set<std::shared_ptr<boost::asio::steady_timer>> timers_;
  std::vector<std::shared_ptr<connection>> connections_;
  memory_return memory_;
  bool is_stopping_ = false;

  std::mutex mutex_; // guards the members below
  bool has_stopped_ = false;
  bool has_run_ = false;
  std::condition_variable run_ended_;
  std::thread thread_;
};

} // namespace http
