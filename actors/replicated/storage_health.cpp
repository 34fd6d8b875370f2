#include <cafmesh/detail/storage_health.hpp>

#include <utility>

#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// The status of a value's storage, and what is logged about it.
namespace cafmesh {

const char* to_string(storage_status::condition x) noexcept {
  using condition = storage_status::condition;
  switch (x) {
  case condition::none:
    return "none";
  case condition::loading:
    return "loading";
  case condition::working:
    return "working";
  case condition::failing:
    return "failing";
  case condition::unusable:
    return "unusable";
  }
  return "unknown";
}

namespace replication {

using condition = storage_status::condition;

void storage_health::begin(std::string channel, std::string place,
                           log_sink_ptr log) {
  channel_ = std::move(channel);
  log_ = log ? std::move(log) : make_spdlog_sink();
  status_.is = condition::loading;
  status_.place = std::move(place);
}

void storage_health::opened(storage_report x) {
  status_.bytes = x.bytes;
  status_.problem = std::move(x.problem);
  status_.is = status_.problem ? condition::unusable : condition::working;
  if (status_.problem)
    write(log_level::error, "the value is only in memory, and lost with its "
                            "last replica: "
                              + describe(status_.problem));
  else
    write(log_level::info, "the value is stored in " + status_.place);
}

void storage_health::wrote(storage_report x) {
  const bool was_failing = is_failing();
  status_.bytes = x.bytes;
  status_.problem = std::move(x.problem);
  status_.is = status_.problem ? condition::failing : condition::working;
  if (is_failing() && !was_failing)
    write(log_level::error, "changes are only in memory until they can be "
                            "stored, tried again every 5 s: "
                              + describe(status_.problem));
  else if (!is_failing() && was_failing)
    write(log_level::info, "changes are stored in " + status_.place + " again");
}

void storage_health::write(log_level level, const std::string& text) const {
  log_->write(level, "channel " + escaped_in_quotes(channel_) + ": " + text);
}

} // namespace replication

} // namespace cafmesh
