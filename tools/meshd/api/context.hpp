#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "tools/http/server.hpp"
#include "tools/meshd/api/call.hpp"
#include "tools/meshd/mesh/channels.hpp"
#include "tools/meshd/mesh/counters.hpp"
#include "tools/meshd/mesh/ended_connections.hpp"
#include "tools/meshd/mesh/kv_store.hpp"
#include "tools/meshd/mesh/lives.hpp"
#include "tools/meshd/mesh/mesh_events.hpp"
#include "tools/meshd/mesh/mesh_system.hpp"
#include "tools/meshd/mesh/pings.hpp"
#include "tools/meshd/mesh/published_actors.hpp"
#include "tools/meshd/mesh/sets.hpp"
#include "tools/meshd/mesh/warnings.hpp"
#include "tools/meshd/settings/service_options.hpp"

namespace meshd {

class kv_waiters;
class streams;

/// The objects on which the handlers of the API work. All are used on the HTTP
/// thread only.
struct context {
  const service_options& options;
  cafmesh::name_flavour flavour;
  std::chrono::steady_clock::time_point started;
  mesh_system& mesh;
  channels& joined;
  kv_store& kv;
  kv_waiters& waiters;
  counters& counts;
  sets& all_sets;
  published_actors& actors;
  pings& round_trips;
  streams& events;
  const warnings& noticed;
  const ended_connections& ended;
  const lives* history; ///< null without a state folder
  std::function<http::server_counts()> http_counts;
  bool is_stopping = false;
};

using handler = std::function<void(const call&)>;

/// Registers handlers. In a path, `{name}` stands for one segment, and
/// `{name...}` at the end for all remaining segments.
class routes {
public:
  virtual ~routes() = default;
  virtual void add(const std::string& method, const std::string& path,
                   handler f) = 0;
};

// Each function registers the handlers of one source file. For example,
// `add_kv` registers those of kv.cpp.
void add_node(routes& to, context& ctx);
void add_health(routes& to, context& ctx);
void add_peers(routes& to, context& ctx);
void add_connections(routes& to, context& ctx);
void add_targets(routes& to, context& ctx);
void add_channels(routes& to, context& ctx);
void add_messages(routes& to, context& ctx);
void add_kv(routes& to, context& ctx);
void add_counters(routes& to, context& ctx);
void add_sets(routes& to, context& ctx);
void add_actors(routes& to, context& ctx);
void add_metrics(routes& to, context& ctx);

/// Whether the client wants its answer only once the write is on disk. Throws a
/// `problem` if this node stores nothing on disk.
bool is_durable(const context& ctx, const call& x);

/// Throws a `problem` if the stored keys have not been read yet, because they
/// would seem to be missing.
void check_loaded(const context& ctx);

/// The longest name of a counter or set, in bytes.
constexpr std::size_t longest_value_name = 255;

/// The name of a counter or set in the path. Throws a `problem` if this node
/// has no replica of it, and the client's token does not allow making one.
/// @param kind `counter` or `set`, the name of the path's parameter
template <class Values>
std::string readable_name(const call& x, const Values& all,
                          const std::string& kind) {
  auto name = x.text_param(kind, longest_value_name);
  if (!all.holds(name) && !x->may_write())
    throw problem{404, "no_such_" + kind,
                  "This node has no replica of the " + kind
                    + ", and the token does not allow making one."};
  return name;
}

/// Answers with a page of the names of this node's replicas, in the JSON field
/// `field`.
template <class Values>
void reply_names(const call& x, const Values& from, const char* field) {
  auto page =
    from.names(x.query_or("prefix", ""), x.query_or("after", ""), x.limit());
  x.json_reply(200, {{field, page.texts},
                     {"next", page.next ? json(*page.next) : json()}});
}

/// Parses a peer name from a client. Throws a `problem` if it is malformed.
cafmesh::peer_name parse_peer(const std::string& text, const context& ctx);

} // namespace meshd
