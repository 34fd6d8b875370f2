#include "tools/meshd/process/log.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <nlohmann/json.hpp>

namespace meshd {

namespace {

using cafmesh::log_level;

const char* name_of(log_level x) {
  switch (x) {
  case log_level::debug:
    return "debug";
  case log_level::info:
    return "info";
  case log_level::warning:
    return "warning";
  case log_level::error:
    break;
  }
  return "error";
}

std::string time_text() {
  using namespace std::chrono;
  auto now = system_clock::now();
  auto seconds = system_clock::to_time_t(now);
  auto rest =
    duration_cast<milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32];
  std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
  char result[48];
  std::snprintf(result, sizeof(result), "%s.%03dZ", date,
                static_cast<int>(rest));
  return result;
}

std::string as_json(log_level level, std::string_view text) {
  nlohmann::ordered_json result;
  result["time"] = time_text();
  result["level"] = name_of(level);
  result["text"] = text;
  return result.dump(-1, ' ', false,
                     nlohmann::ordered_json::error_handler_t::replace);
}

/// Whether systemd's journal reads standard error. The journal adds a time to
/// each line.
bool is_journal() {
  const auto* stream = std::getenv("JOURNAL_STREAM");
  struct stat x {};
  return stream && fstat(STDERR_FILENO, &x) == 0
         && stream == std::to_string(x.st_dev) + ":" + std::to_string(x.st_ino);
}

std::string as_text(log_level level, std::string_view text, bool with_time) {
  return (with_time ? time_text() + " " : std::string{}) + "[" + name_of(level)
         + "] " + std::string{text};
}

class standard_error : public cafmesh::log_sink {
public:
  standard_error(log_format format, int least)
      : format_(format), least_(least) {
  }

  void write(log_level level, std::string_view text) override {
    if (static_cast<int>(level) < least_)
      return;
    auto line = format_ == log_format::json_lines
                  ? as_json(level, text)
                  : as_text(level, text, has_time_);
    line += '\n';
    // Writes the line in one call, so that lines from several threads do not
    // mix. Ignores failures, because there is nowhere to report them.
    [[maybe_unused]] auto n = ::write(STDERR_FILENO, line.data(), line.size());
  }

private:
  log_format format_;
  int least_;
  const bool has_time_ = !is_journal(); // in lines of text
};

} // namespace

cafmesh::log_sink_ptr make_log(log_format format, const std::string& level) {
  auto least = 4;
  for (auto x : {log_level::error, log_level::warning, log_level::info,
                 log_level::debug})
    if (level == name_of(x))
      least = static_cast<int>(x);
  return std::make_shared<standard_error>(format, least);
}

} // namespace meshd
