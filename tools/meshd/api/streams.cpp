#include "tools/meshd/api/streams.hpp"

#include <cstdint>
#include <utility>

#include "tools/meshd/api/channel_socket.hpp"
#include "tools/meshd/api/followed_values.hpp"
#include "tools/meshd/mesh/counted.hpp"

namespace meshd {

namespace {

/// Limits the total size, but not the number, of the events that are kept for
/// slow clients.
http::event_source_options ring_of(std::size_t most_bytes) {
  http::event_source_options result;
  result.most_bytes = most_bytes;
  result.most_events = SIZE_MAX;
  return result;
}

} // namespace

struct streams::channel_streams {
  http::event_source messages{ring_of(512 * 1024)};
  std::set<std::shared_ptr<channel_socket>> sockets;
};

namespace {

std::string change_text(const kv_change& x) {
  json data = {{"key", x.key}};
  if (!x.etag.empty())
    data["etag"] = x.etag;
  data["old_etag"] = x.old_etag.empty() ? json() : json(x.old_etag);
  if (!x.etag.empty())
    data["value"] = base64(x.value.view().as_text());
  return text_of(data);
}

/// How an event encodes the data of a message. The value is the argument of
/// `event::json`.
enum encoding : unsigned { as_base64, as_text };

std::string message_text(const channel_message& x, unsigned format) {
  auto data = x.data.view().as_text();
  return text_of(
    {{"from", x.from.str()},
     {"unicast", x.is_unicast},
     {"data", format == as_text ? std::string{data} : base64(data)}});
}

http::snapshot_parts key_snapshot(kv_store::lister list, std::string prefix) {
  return [list = std::move(list), prefix = std::move(prefix),
          after = std::string{}]() mutable -> http::snapshot_part {
    constexpr std::size_t keys_in_part = 500;
    auto page = list(prefix, after, keys_in_part);
    auto entries = json::array();
    for (const auto& each : page.entries)
      entries.push_back({{"key", each.key}, {"etag", each.etag}});
    auto has_more = page.next.has_value();
    after = page.next.value_or("");
    return {text_of({{"entries", std::move(entries)}, {"more", has_more}}),
            !has_more};
  };
}

void check_overflow(const call& x) {
  auto overflow = x.query_or("on_overflow", "continue");
  if (overflow != "continue" && overflow != "close")
    throw bad_query("on_overflow", "continue or close");
}

encoding encoding_of(const call& x) {
  auto format = x.query_or("encoding", "base64");
  if (format != "base64" && format != "text")
    throw bad_query("encoding", "base64 or text");
  return format == "text" ? as_text : as_base64;
}

} // namespace

streams::streams(std::size_t most)
    : most_(most), mesh_(ring_of(2 * 1024 * 1024)),
      keys_(ring_of(8 * 1024 * 1024)) {
}

streams::~streams() = default;

void streams::begin(routes& to, context& ctx, mesh_events& source) {
  ctx_ = &ctx;
  source_ = &source;
  to.add("GET", "/v1/events", [this](const call& x) { open_mesh(x); });
  to.add("GET", "/v1/kv-events", [this](const call& x) { open_keys(x); });
  begin_values(to, ctx);
  to.add("GET", "/v1/channels/{channel}/messages",
         [this](const call& x) { open_messages(x); });
  to.add("GET", "/v1/channels/{channel}/socket",
         [this](const call& x) { open_socket(x); });
}

void streams::mesh_changed(const mesh_event& x) {
  auto event = render(x);
  mesh_.publish(std::move(event.type), std::move(event.data));
}

void streams::keys_changed(const std::vector<kv_change>& xs) {
  std::vector<http::event> events;
  for (const auto& x : xs)
    events.push_back(
      {x.etag.empty() ? "delete" : "put", x.key, x.value.size(), [x](unsigned) {
         return change_text(x);
       }});
  keys_.publish_all(std::move(events));
}

streams::channel_streams& streams::of_channel(const std::string& name) {
  auto& result = channels_[name];
  if (!result)
    result = std::make_shared<channel_streams>();
  return *result;
}

void streams::messages_arrived(const std::string& name,
                               const std::vector<channel_message>& xs) {
  auto& to = of_channel(name);
  std::vector<http::event> events;
  for (const auto& x : xs) {
    // Compacts the data, so that a small message does not keep its whole batch
    // in memory.
    channel_message kept{x.from, x.is_unicast, x.data.compact()};
    events.push_back({"message", {}, kept.data.size(), [kept](unsigned format) {
                        return message_text(kept, format);
                      }});
    auto sockets = to.sockets;
    for (const auto& each : sockets)
      each->send(kept);
  }
  to.messages.publish_all(std::move(events));
}

void streams::channel_left(const std::string& name) {
  auto i = channels_.find(name);
  if (i == channels_.end())
    return;
  auto gone = std::move(i->second);
  channels_.erase(i);
  gone->messages.close_all();
  for (const auto& x : std::exchange(gone->sockets, {}))
    x->close();
}

void streams::close_all() {
  mesh_.close_all();
  keys_.close_all();
  counters_->close_all();
  sets_->close_all();
  auto names = channels_;
  for (const auto& x : names)
    channel_left(x.first);
}

void streams::reserve() {
  if (count_ >= most_)
    throw problem{503, "too_many_streams",
                  "This node has " + counted(count_, "stream")
                    + ", as many as max-streams allows."};
}

http::subscription streams::begin_stream(const call& x) {
  check_overflow(x);
  reserve();
  ++count_;
  http::subscription result;
  result.on_end = [this] {
    --count_;
  };
  return result;
}

void streams::open_mesh(const call& x) {
  auto wanted = begin_stream(x);
  wanted.snapshot_is_exact = true;
  wanted.snapshot = [this](const auto& then) {
    source_->snapshot([then](result<cafmesh::mesh_description> all) {
      if (std::get_if<problem>(&all))
        return then(nullptr);
      then(http::one_part(
        text_of(json_of(std::get<cafmesh::mesh_description>(all)))));
    });
  };
  x->follow(mesh_, std::move(wanted));
}

void streams::open_keys(const call& x) {
  check_loaded(*ctx_);
  auto prefix = x.query_or("prefix", "");
  auto wanted = begin_stream(x);
  wanted.filter = [prefix](auto, std::string_view key) {
    return key.compare(0, prefix.size(), prefix) == 0;
  };
  wanted.snapshot = [this, prefix](const auto& then) {
    then(key_snapshot(ctx_->kv.reported(), prefix));
  };
  x->follow(keys_, std::move(wanted));
}

void streams::open_messages(const call& x) {
  auto name = x.text_param("channel", 1024);
  if (!ctx_->joined.is_joined(name))
    throw not_joined(name);
  auto format = encoding_of(x);
  auto wanted = begin_stream(x);
  wanted.variant = format;
  x->follow(of_channel(name).messages, std::move(wanted));
}

void streams::open_socket(const call& x) {
  if (ctx_->is_stopping)
    throw node_stops(); // its client wants to send
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
    [client] { client->tell_lost(); },
    [this, name, client] {
      --count_;
      if (auto i = channels_.find(name); i != channels_.end())
        i->second->sockets.erase(client);
    });
}

} // namespace meshd
