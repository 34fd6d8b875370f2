#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tools/http/event_source.hpp"
#include "tools/meshd/api/context.hpp"

namespace meshd {

class followed_values;

/// All streams that clients follow: changes to the mesh, to keys, counters and
/// sets, and the messages of channels. To be used on the HTTP thread.
class streams {
public:
  explicit streams(std::size_t most);
  ~streams();

  /// @param ctx must outlive this object
  void begin(routes& to, context& ctx, mesh_events& source);

  void mesh_changed(const mesh_event& x);
  void keys_changed(const std::vector<kv_change>& xs);
  void messages_arrived(const std::string& channel,
                        const std::vector<channel_message>& xs);
  void channel_left(const std::string& channel);
  void close_all();

  std::size_t count() const noexcept {
    return count_;
  }

private:
  struct channel_streams;

  /// Registers the streams of counters and sets.
  void begin_values(routes& to, context& ctx);
  void reserve();
  /// Counts a stream until the returned subscription ends. Throws a `problem`
  /// if there are too many streams or `on_overflow` has a wrong value.
  http::subscription begin_stream(const call& x);
  void open_mesh(const call& x);
  void open_keys(const call& x);
  void open_messages(const call& x);
  void open_socket(const call& x);
  channel_streams& of_channel(const std::string& name);

  std::size_t most_;
  std::size_t count_ = 0;
  context* ctx_ = nullptr;
  mesh_events* source_ = nullptr;
  http::event_source mesh_;
  http::event_source keys_;
  std::unique_ptr<followed_values> counters_; // null before `begin`
  std::unique_ptr<followed_values> sets_;
  std::map<std::string, std::shared_ptr<channel_streams>> channels_;
};

} // namespace meshd
