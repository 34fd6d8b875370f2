#include "tools/meshd/api/event_log.hpp"

#include <utility>

// Events that clients follow, and the clients, each at its own pace.
namespace meshd {

namespace {

/// The bytes that an event counts in addition to its data.
constexpr std::size_t overhead = 200;

std::string frame(const std::string& id, const std::string& type,
                  const std::string& data) {
  return "id: " + id + "\nevent: " + type + "\ndata: " + data + "\n\n";
}

} // namespace

void event_log::add(std::string type, std::string key, std::size_t size,
                    std::function<std::string(encoding)> data) {
  ring_.push_back(
    {++last_, std::move(type), std::move(key), size, std::move(data)});
  bytes_ += size + overhead;
  while (bytes_ > most_bytes_ && ring_.size() > 1) {
    bytes_ -= ring_.front().size + overhead;
    ring_.pop_front();
  }
  // Copies the list, because a reader may leave while it is pumped.
  auto readers = readers_;
  for (const auto& x : readers)
    x->pump();
}

void event_log::add(std::string type, std::string data) {
  auto size = data.size();
  add(std::move(type), {}, size,
      [data = std::move(data)](encoding) { return data; });
}

std::optional<std::uint64_t> event_log::after(const std::string& id) const {
  auto dash = id.rfind('-');
  if (dash == std::string::npos || id.substr(0, dash) != epoch_)
    return std::nullopt;
  auto digits = id.substr(dash + 1);
  if (digits.empty() || digits.size() > 18
      || digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  auto next = std::stoull(digits) + 1;
  if (next < first() || next > last_ + 1)
    return std::nullopt;
  return next;
}

void event_log::enter(const std::shared_ptr<event_reader>& x) {
  readers_.insert(x);
}

void event_log::leave(const std::shared_ptr<event_reader>& x) {
  readers_.erase(x);
}

void event_log::close_all() {
  auto readers = std::exchange(readers_, {});
  for (const auto& x : readers)
    x->close();
}

void event_log::send_comments() {
  auto readers = readers_;
  for (const auto& x : readers)
    x->send_comment();
}

void event_reader::begin(std::uint64_t next, snapshot_source snapshot) {
  next_ = next;
  snapshot_ = std::move(snapshot);
  has_begun_ = true;
  pump();
}

void event_reader::pump() {
  while (log_ && has_begun_ && sink_->has_room()) {
    if (snapshot_) {
      if (!snapshot_(*this))
        snapshot_ = nullptr;
      continue;
    }
    if (next_ > log_->last())
      return;
    if (auto lost = log_->first() > next_ ? log_->first() - next_ : 0;
        lost > 0) {
      next_ = log_->first();
      if (options_.close_on_overflow)
        return close();
      send("overflow", next_ - 1, "{\"lost\":" + std::to_string(lost) + "}");
      continue;
    }
    const auto& event = log_->at(next_++);
    if (event.key.compare(0, options_.prefix.size(), options_.prefix) == 0)
      send(event);
  }
}

// Sends an event. Clients that read it at about the same time share one text.
void event_reader::send(const logged_event& x) {
  auto& kept = x.framed[static_cast<std::size_t>(options_.format)];
  auto text = kept.lock();
  if (!text) {
    text = std::make_shared<const std::string>(
      frame(log_->id(x.number), x.type, x.data(options_.format)));
    kept = text;
  }
  sink_->send(std::move(text));
}

void event_reader::send(const std::string& type, std::uint64_t number,
                        const std::string& data) {
  if (!log_)
    return;
  sink_->send(
    std::make_shared<const std::string>(frame(log_->id(number), type, data)));
}

void event_reader::send_comment() {
  if (sink_->has_room())
    sink_->send(std::make_shared<const std::string>(":\n\n"));
}

void event_reader::close() {
  leave();
  sink_->close();
}

void event_reader::leave() {
  auto self = shared_from_this();
  if (auto* log = std::exchange(log_, nullptr))
    log->leave(self);
}

} // namespace meshd
