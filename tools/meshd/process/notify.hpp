#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace meshd {

/// Tells systemd the state of the service, by datagrams to $NOTIFY_SOCKET as in
/// `sd_notify(3)`. Does nothing without that variable, and never blocks.
class notifier {
public:
  /// Reads the environment.
  notifier();
  ~notifier();
  notifier(const notifier&) = delete;
  notifier& operator=(const notifier&) = delete;

  void send(const std::string& state) const;

  void ready() const {
    send("READY=1");
  }
  void stopping() const {
    send("STOPPING=1");
  }
  void reloading() const;
  void status(const std::string& text) const {
    send("STATUS=" + text);
  }
  void alive() const {
    send("WATCHDOG=1");
  }

  /// systemd considers the service dead if it gets no `alive` for this long.
  /// Absent if systemd does not watch the service.
  std::optional<std::chrono::microseconds> watchdog() const {
    return watchdog_;
  }

private:
  int socket_ = -1;
  std::string address_;
  std::optional<std::chrono::microseconds> watchdog_;
};

} // namespace meshd
