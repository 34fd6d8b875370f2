#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "tools/meshctl/http/api.hpp"

namespace meshctl {

/// A temporary channel between two nodes, for a measurement. One node sends,
/// and a thread reads the messages that the other node receives. The destructor
/// makes both nodes leave the channel.
class bench_channel {
public:
  using clock = std::chrono::steady_clock;

  bench_channel(api& from, api& to, std::unique_ptr<api> reader,
                std::size_t size);
  bench_channel(const bench_channel&) = delete;
  bench_channel& operator=(const bench_channel&) = delete;
  ~bench_channel();

  /// Sends the next message.
  /// @returns false if the next hop is congested
  bool send();

  /// Waits until `count` messages have arrived since this object was made.
  /// @returns false if fewer have arrived after `patience`
  /// @throws interrupted, or the error that ended the stream of messages
  bool await(std::size_t count, std::chrono::milliseconds patience);

  std::size_t received() const;

  clock::time_point last_arrival() const;

private:
  void start_receiving();
  void receive();
  void leave();

  api& from_;
  api& to_;
  std::unique_ptr<api> reader_;
  std::string path_;
  std::string messages_;
  std::string target_;
  std::string data_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t received_ = 0;
  clock::time_point last_arrival_;
  std::exception_ptr why_;
  std::thread thread_;
};

} // namespace meshctl
