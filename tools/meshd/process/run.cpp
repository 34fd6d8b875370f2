#include "tools/meshd/process/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include "tools/meshd/api/exposure.hpp"
#include "tools/meshd/mesh/clock_watch.hpp"
#include "tools/meshd/process/descriptors.hpp"
#include "tools/meshd/process/log.hpp"
#include "tools/meshd/process/mapped_code.hpp"
#include "tools/meshd/process/service.hpp"

// The main thread of the service: signals, reloading, systemd's watchdog, and
// the end.
namespace meshd {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds status_interval{10};

std::string time_text(std::chrono::milliseconds x) {
  return x.count() % 1000 == 0 ? std::to_string(x.count() / 1000) + " s"
                               : std::to_string(x.count()) + " ms";
}

/// When the user stops the service once, the terminal and the parent process
/// may each send a signal. Further signals within this time are ignored.
constexpr std::chrono::seconds time_of_first_signals{1};

/// Ends the process by force if it is still running after `time`, or when it is
/// asked once more to stop. If no thread can be created for this, only logs a
/// warning.
void end_within(std::chrono::milliseconds time, const signals& received,
                const cafmesh::log_sink_ptr& log) {
  try {
    std::thread{[time, received, log] {
      const auto begin = steady_clock::now();
      for (auto now = begin; now < begin + time; now = steady_clock::now()) {
        auto signal = received.wait(begin + time - now);
        if (!signal || *signal == SIGHUP
            || steady_clock::now() < begin + time_of_first_signals)
          continue;
        log->write(cafmesh::log_level::warning,
                   "ends at once, because of a second signal");
        _exit(failed);
      }
      log->write(cafmesh::log_level::error, "meshd did not end in time");
      _exit(failed);
    }}.detach();
  } catch (const std::system_error& why) {
    log->write(cafmesh::log_level::warning,
               std::string{"nothing limits the time that the end takes: "}
                 + why.what());
  }
}

class process {
public:
  process(configuration& config, const arguments& from, const signals& received)
      : from_(from), received_(received),
        lines_(make_log(config.service.format, config.service.log_level)),
        log_(keep_warnings(lines_, noticed_)), config_(config),
        service_(config, log_, noticed_) {
  }

  int run() {
    limit_http();
    auto wrong = service_.start([this] {
      if (!is_ending_) {
        has_failed_ = true;
        kill(getpid(), SIGTERM);
      }
    });
    if (!wrong.empty()) {
      log_->write(cafmesh::log_level::error, wrong);
      return failed;
    }
    notifier_.ready();
    unmap_code();
    serve();
    is_ending_ = true;
    notifier_.stopping();
    end_within(config_.mesh.drain_limit + std::chrono::seconds{15}, received_,
               log_);
    log_->write(cafmesh::log_level::info,
                "stops; sends what waits for up to "
                  + time_text(config_.mesh.drain_limit));
    service_.stop(has_failed_ ? life_end::failed : life_end::stopped);
    if (has_failed_)
      log_->write(cafmesh::log_level::error, "the node has ended on its own");
    return has_failed_ ? failed : stopped;
  }

private:
  void limit_http() {
    most_connections_ = share_of_http(raise_descriptor_limit());
    auto wanted = config_.service.max_connections;
    if (wanted > most_connections_)
      log_->write(cafmesh::log_level::warning,
                  "max-connections is " + std::to_string(most_connections_)
                    + " instead of " + std::to_string(wanted)
                    + ", half of the files that this process may open");
    limit(config_);
  }

  void limit(configuration& x) const {
    auto& wanted = x.service.max_connections;
    wanted = std::min(wanted, most_connections_);
  }

  void serve() {
    auto next_status = steady_clock::now();
    auto next_watchdog = steady_clock::now();
    for (;;) {
      auto now = steady_clock::now();
      if (now >= next_status) {
        next_status = now + status_interval;
        check_clock(now);
        service_.when_described(
          [this](const std::string& x) { notifier_.status(x); });
      }
      auto until = next_status;
      if (auto time = notifier_.watchdog()) {
        if (now >= next_watchdog) {
          next_watchdog = now + *time / 2;
          service_.when_alive([this] { notifier_.alive(); });
        }
        until = std::min(until, next_watchdog);
      }
      auto signal = received_.wait(until - now);
      if (signal == SIGHUP)
        reload();
      else if (signal)
        return;
    }
  }

  void check_clock(steady_clock::time_point now) {
    auto wall = std::chrono::system_clock::now();
    if (auto found = clock_.check(now, wall)) {
      lines_->write(cafmesh::log_level::warning, found->detail);
      noticed_->add(std::move(*found), wall);
    }
  }

  void reload() {
    notifier_.reloading();
    configuration next;
    auto wrong = next.load(from_);
    if (wrong.empty())
      wrong = service_.reload(next);
    if (wrong.empty()) {
      noticed_->remove(not_reloaded, {});
      log_->write(cafmesh::log_level::info,
                  "read peers, passwords, tokens and the certificate again");
      limit(next);
      warn_of_fixed(next);
    } else {
      log_->write(cafmesh::log_level::error,
                  "the settings were not read again: " + wrong);
    }
    notifier_.ready();
  }

  void warn_of_fixed(const configuration& next) {
    std::string names;
    for (const auto& x : fixed_differences(config_, next))
      names += (names.empty() ? "" : ", ") + x;
    if (!names.empty())
      log_->write(cafmesh::log_level::warning,
                  "changed settings that need a restart of meshd: " + names);
  }

  const arguments& from_;
  const signals& received_;
  warnings_ptr noticed_ = std::make_shared<warnings>();
  cafmesh::log_sink_ptr lines_; // only logs
  cafmesh::log_sink_ptr log_;   // also keeps warnings for the API
  configuration& config_;
  std::size_t most_connections_ = 0; // HTTP's share of open files
  notifier notifier_;
  clock_watch clock_;
  std::atomic<bool> is_ending_{false};
  std::atomic<bool> has_failed_{false};
  service service_;
};

} // namespace

int run(configuration& config, const arguments& from, const signals& received) {
  if (auto wrong = check_exposure(config.service); !wrong.empty()) {
    make_log(config.service.format, "error")
      ->write(cafmesh::log_level::error, wrong);
    return bad_usage;
  }
  return process{config, from, received}.run();
}

} // namespace meshd
