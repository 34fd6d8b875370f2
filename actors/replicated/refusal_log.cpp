#include <cafmesh/detail/refusal_log.hpp>

#include <chrono>
#include <utility>

#include <cafmesh/escaped.hpp>

namespace cafmesh::replication {

constexpr auto refusal_interval = std::chrono::minutes{1};

void refusal_log::begin(std::string channel, log_sink_ptr log) {
  channel_ = std::move(channel);
  log_ = log ? std::move(log) : make_spdlog_sink();
}

void refusal_log::update(std::uint64_t refused, instant now) {
  if (refused <= logged_ || (last_ && now - *last_ < refusal_interval))
    return;
  last_ = now;
  log_->write(log_level::warning,
              "channel " + escaped_in_quotes(channel_)
                + ": the value is full and has ignored "
                + std::to_string(refused - logged_)
                + " items of other peers since the last such line");
  logged_ = refused;
}

} // namespace cafmesh::replication
