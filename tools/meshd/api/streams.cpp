#include "tools/meshd/api/streams.hpp"

#include <cstdio>
#include <random>
#include <utility>

#include "tools/meshd/api/channel_socket.hpp"

// The streams that clients follow: changes of the mesh, changes of keys, and
// messages.
namespace meshd {

struct streams::channel_streams {
  explicit channel_streams(const std::string& epoch) : log(epoch, 512 * 1024) {
  }

  event_log log;
  std::set<std::shared_ptr<channel_socket>> sockets;
};

namespace {

std::string random_epoch() {
  std::random_device device;
  char result[20];
  std::snprintf(result, sizeof(result), "%08x", device());
  return result;
}

std::string change_text(const kv_change& x) {
  json data = {{"key", x.key}};
  if (!x.etag.empty())
    data["etag"] = x.etag;
  data["old_etag"] = x.old_etag.empty() ? json() : json(x.old_etag);
  if (!x.etag.empty())
    data["value"] = base64(x.value.view().as_text());
  return text_of(data);
}

std::string message_text(const channel_message& x, encoding format) {
  auto data = x.data.view().as_text();
  return text_of(
    {{"from", x.from.str()},
     {"unicast", x.is_unicast},
     {"data", format == encoding::as_text ? std::string{data} : base64(data)}});
}

/// Sends a snapshot of the keys in parts, when the client has room for them.
event_reader::snapshot_source key_snapshot(kv_store::lister list,
                                           const std::string& prefix,
                                           std::uint64_t number) {
  return [=, after = std::string{}](event_reader& to) mutable {
    constexpr std::size_t keys_in_part = 500;
    auto page = list(prefix, after, keys_in_part);
    auto entries = json::array();
    for (const auto& each : page.entries)
      entries.push_back({{"key", each.key}, {"etag", each.etag}});
    to.send("snapshot", number,
            text_of({{"entries", std::move(entries)},
                     {"more", page.next.has_value()}}));
    after = page.next.value_or("");
    return page.next.has_value();
  };
}

event_reader::options options_of(const call& x) {
  event_reader::options result;
  result.prefix = x.query_or("prefix", "");
  auto format = x.query_or("encoding", "base64");
  if (format != "base64" && format != "text")
    throw bad_query("encoding", "base64 or text");
  result.format = format == "text" ? encoding::as_text : encoding::as_base64;
  auto overflow = x.query_or("on_overflow", "continue");
  if (overflow != "continue" && overflow != "close")
    throw bad_query("on_overflow", "continue or close");
  result.close_on_overflow = overflow == "close";
  return result;
}

constexpr std::chrono::seconds comment_interval{15};

} // namespace

streams::streams(std::size_t most)
    : most_(most), epoch_(random_epoch()), mesh_(epoch_, 2 * 1024 * 1024),
      keys_(epoch_, 8 * 1024 * 1024) {
}

streams::~streams() = default;

void streams::begin(routes& to, context& ctx, mesh_events& source) {
  ctx_ = &ctx;
  source_ = &source;
  to.add("GET", "/v1/events", [this](const call& x) { open_mesh(x); });
  to.add("GET", "/v1/kv-events", [this](const call& x) { open_keys(x); });
  to.add("GET", "/v1/channels/{channel}/messages",
         [this](const call& x) { open_messages(x); });
  to.add("GET", "/v1/channels/{channel}/socket",
         [this](const call& x) { open_socket(x); });
  send_comments();
}

void streams::send_comments() {
  mesh_.send_comments();
  keys_.send_comments();
  for (auto& x : channels_)
    x.second->log.send_comments();
  ctx_->mesh.after(comment_interval, [this] { send_comments(); });
}

void streams::mesh_changed(const mesh_event& x) {
  auto event = render(x);
  mesh_.add(std::move(event.type), std::move(event.data));
}

void streams::keys_changed(const std::vector<kv_change>& xs) {
  for (const auto& x : xs)
    keys_.add(x.etag.empty() ? "delete" : "put", x.key, x.value.size(),
              [x](encoding) { return change_text(x); });
}

streams::channel_streams& streams::of_channel(const std::string& name) {
  auto& result = channels_[name];
  if (!result)
    result = std::make_shared<channel_streams>(epoch_);
  return *result;
}

void streams::messages_arrived(const std::string& name,
                               const std::vector<channel_message>& xs) {
  auto& to = of_channel(name);
  for (const auto& x : xs) {
    // Compacts the data, so that a small message does not keep its whole batch
    // in memory.
    channel_message kept{x.from, x.is_unicast, x.data.compact()};
    to.log.add("message", {}, kept.data.size(),
               [kept](encoding format) { return message_text(kept, format); });
    auto sockets = to.sockets;
    for (const auto& each : sockets)
      each->send(kept);
  }
}

void streams::channel_left(const std::string& name) {
  auto i = channels_.find(name);
  if (i == channels_.end())
    return;
  auto gone = std::move(i->second);
  channels_.erase(i);
  gone->log.close_all();
  for (const auto& x : std::exchange(gone->sockets, {}))
    x->close();
}

void streams::close_all() {
  mesh_.close_all();
  keys_.close_all();
  auto names = channels_;
  for (const auto& x : names)
    channel_left(x.first);
}

void streams::reserve() {
  if (count_ >= most_)
    throw problem{503, "too_many_streams",
                  "This node has " + std::to_string(count_)
                    + " streams, as many as max-streams allows.",
                  "Try again later, or raise max-streams."};
}

std::shared_ptr<event_reader> streams::open(event_log& log, const call& x) {
  reserve();
  auto with = options_of(x);
  auto sink = x->open_events();
  auto result = std::make_shared<event_reader>(log, sink, std::move(with));
  ++count_;
  log.enter(result);
  std::weak_ptr<event_reader> weak = result;
  auto with_reader = [weak](auto f) {
    if (auto reader = weak.lock())
      f(*reader);
  };
  sink->set_handlers(
    [with_reader] { with_reader([](event_reader& to) { to.pump(); }); },
    [this, with_reader] {
      --count_;
      with_reader([](event_reader& to) { to.leave(); });
    });
  sink->send(std::make_shared<const std::string>("retry: 2000\n\n"));
  return result;
}

std::uint64_t streams::resume(event_log& log,
                              const std::shared_ptr<event_reader>& reader,
                              const call& x, bool& needs_snapshot) {
  auto last = x->header("last-event-id");
  if (!last)
    last = x->query("since");
  needs_snapshot = true;
  if (!last)
    return log.last() + 1;
  if (auto next = log.after(*last)) {
    needs_snapshot = false;
    return *next;
  }
  reader->send("reset", log.last(), "{}");
  return log.last() + 1;
}

void streams::open_mesh(const call& x) {
  auto reader = open(mesh_, x);
  auto needs_snapshot = true;
  auto next = resume(mesh_, reader, x, needs_snapshot);
  if (!needs_snapshot)
    return reader->begin(next, nullptr);
  source_->snapshot([this, reader](result<cafmesh::mesh_description> all) {
    if (std::get_if<problem>(&all))
      return reader->close();
    auto number = mesh_.last();
    auto text = text_of(json_of(std::get<cafmesh::mesh_description>(all)));
    reader->begin(number + 1, [text, number](event_reader& to) {
      to.send("snapshot", number, text);
      return false;
    });
  });
}

void streams::open_keys(const call& x) {
  auto reader = open(keys_, x);
  auto needs_snapshot = true;
  auto next = resume(keys_, reader, x, needs_snapshot);
  reader->begin(next, needs_snapshot ? key_snapshot(
                        ctx_->kv.told(), x.query_or("prefix", ""), keys_.last())
                                     : nullptr);
}

void streams::open_messages(const call& x) {
  auto name = x.text_param("channel", 1024);
  if (!ctx_->joined.is_joined(name))
    throw not_joined(name);
  auto& log = of_channel(name).log;
  auto reader = open(log, x);
  auto needs_snapshot = true;
  auto next = resume(log, reader, x, needs_snapshot);
  reader->begin(next, nullptr);
}

void streams::open_socket(const call& x) {
  auto name = x.text_param("channel", 1024);
  if (!ctx_->joined.is_joined(name))
    throw not_joined(name);
  reserve();
  auto sink = x->open_socket();
  if (!sink)
    return;
  ++count_;
  auto client = std::make_shared<channel_socket>(*ctx_, name, sink);
  of_channel(name).sockets.insert(client);
  sink->set_handlers(
    [client](bool is_text, const std::string& data) {
      client->received(is_text, data);
    },
    [this, name, client] {
      --count_;
      if (auto i = channels_.find(name); i != channels_.end())
        i->second->sockets.erase(client);
    });
}

} // namespace meshd
