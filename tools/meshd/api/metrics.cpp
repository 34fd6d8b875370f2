#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "tools/meshd/api/context.hpp"
#include "tools/meshd/api/streams.hpp"

// The resource `/metrics`, for Prometheus.
namespace meshd {

namespace {

using label_list = std::vector<prometheus::ClientMetric::Label>;

using prometheus::MetricFamily;
using prometheus::MetricType;

/// Gathers metrics into families, one for each name.
class families {
public:
  void gauge(const std::string& name, const std::string& help, double value) {
    add(name, help, MetricType::Gauge, {}, value);
  }
  void total(const std::string& name, const std::string& help, double value) {
    add(name, help, MetricType::Counter, {}, value);
  }

  /// Adds the value to the metric with these labels, or adds a new metric. A
  /// family must not have two metrics with the same labels.
  void add(const std::string& name, const std::string& help, MetricType type,
           const label_list& labels, double value) {
    auto& family = all_[name];
    family.name = name;
    family.help = help;
    family.type = type;
    auto [place, is_new] =
      places_[name].try_emplace(labels, family.metric.size());
    if (is_new)
      family.metric.emplace_back().label = labels;
    auto& x = family.metric[place->second];
    (type == MetricType::Counter ? x.counter.value : x.gauge.value) += value;
  }

  std::string text() const {
    std::vector<MetricFamily> result;
    for (const auto& x : all_)
      result.push_back(x.second);
    return prometheus::TextSerializer{}.Serialize(result);
  }

private:
  std::map<std::string, MetricFamily> all_;
  /// For each family, the index of each metric by its labels.
  std::map<std::string, std::map<label_list, std::size_t>> places_;
};

double number(std::uint64_t x) {
  return static_cast<double>(x);
}

void add_connection_metrics(families& to, const cafmesh::mesh_status& now) {
  for (const auto& x : now.connections) {
    if (x.remote.is_unknown())
      continue;
    label_list label = {{"neighbour", x.remote.str()}};
    auto total = [&](const char* name, const char* help, std::uint64_t value) {
      to.add(name, help, MetricType::Counter, label, number(value));
    };
    total("cafmesh_connection_received_bytes_total",
          "Bytes read from a neighbour over its present connection.",
          x.traffic.bytes_in);
    total("cafmesh_connection_sent_bytes_total",
          "Bytes written to a neighbour over its present connection.",
          x.traffic.bytes_out);
    total("cafmesh_connection_received_frames_total",
          "Frames from a neighbour over its present connection.",
          x.traffic.frames_in);
    total("cafmesh_connection_sent_frames_total",
          "Frames to a neighbour over its present connection.",
          x.traffic.frames_out);
    to.add("cafmesh_connection_waiting_bytes",
           "Bytes that wait for a neighbour to take them.", MetricType::Gauge,
           label, number(x.waiting_bytes));
    to.add("cafmesh_connection_silent_seconds",
           "Time since anything came from a neighbour.", MetricType::Gauge,
           label, seconds(x.silent_for));
  }
}

/// The name, with bytes that are not UTF-8 replaced.
std::string printable(const std::string& name) {
  auto quoted = text_of(json(name));
  return quoted.substr(1, quoted.size() - 2);
}

/// A metric that each channel has.
struct channel_row {
  const char* name;
  const char* help;
  std::uint64_t cafmesh::channel_status::*field;
};

void add_channel_metrics(families& to, const cafmesh::mesh_status& now) {
  using c = cafmesh::channel_status;
  static const channel_row rows[] = {
    {"unicasts_received", "Unicasts for this node.", &c::unicasts_received},
    {"unicasts_sent", "Unicasts that this node sent.", &c::unicasts_sent},
    {"unicasts_relayed", "Unicasts passed on.", &c::unicasts_relayed},
    {"unicasts_dropped", "Unicasts that could not be sent.",
     &c::unicasts_dropped},
    {"broadcasts_received", "Broadcasts of other peers.",
     &c::broadcasts_received},
    {"gossips_received", "Gossip of other peers.", &c::gossips_received},
    {"refused", "Messages that the receiver refused.", &c::refused},
    {"overrun", "Messages dropped because the receiver did not keep up.",
     &c::overrun},
  };
  for (const auto& x : now.channels)
    if (!x.surrogate)
      for (const auto& row : rows)
        to.add(std::string{"cafmesh_channel_"} + row.name + "_total", row.help,
               MetricType::Counter, {{"channel", printable(x.name)}},
               number(x.*row.field));
}

void add_mesh(families& to, const cafmesh::mesh_status& now) {
  double established = 0, connected = 0, wanted = 0;
  for (const auto& x : now.connections)
    established += x.established ? 1 : 0;
  for (const auto& x : now.dialling.targets) {
    wanted += x.wanted ? 1 : 0;
    connected += x.wanted && x.state == "connected" ? 1 : 0;
  }
  to.gauge("cafmesh_peers", "Known peers, this node included.",
           number(now.peers.size()));
  to.gauge("cafmesh_reachable_peers",
           "Peers to which a route is known, this node included.",
           number(now.unicast_routes.size()));
  to.gauge("cafmesh_connections", "Connections in any state.",
           number(now.connections.size()));
  to.gauge("cafmesh_established_connections", "Connections that work.",
           established);
  to.gauge("cafmesh_wanted_targets", "Addresses to stay connected to.", wanted);
  to.gauge("cafmesh_connected_targets", "Those that are connected.", connected);
  to.total("cafmesh_ended_connections_total", "Connections that ended.",
           number(now.dialling.ended_connections));
  for (const auto& [reason, times] : now.inbound.refused)
    to.add("cafmesh_refused_remotes_total",
           "Inbound connections that ended before the other side was "
           "authenticated, by reason.",
           MetricType::Counter, {{"reason", reason}}, number(times));
  to.gauge("cafmesh_uptime_seconds", "Time since the node was started.",
           seconds(now.uptime));
}

void add_service(families& to, const context& ctx) {
  to.gauge("cafmesh_kv_entries", "Keys of the map.", number(ctx.kv.size()));
  to.gauge("cafmesh_kv_bytes", "Size of the map's keys and values.",
           number(ctx.kv.bytes()));
  to.gauge("cafmesh_kv_tombstones", "Deleted keys that are remembered.",
           number(ctx.kv.tombstones()));
  to.gauge("cafmesh_counters", "Replicas of counters.",
           number(ctx.counts.size()));
  to.gauge("cafmesh_sets", "Replicas of sets.", number(ctx.all_sets.size()));
  to.gauge("cafmesh_published_actors", "Published names of actors.",
           number(ctx.actors.all().size()));
  to.gauge("cafmesh_event_streams", "Open event streams and WebSockets.",
           number(ctx.events.count()));
  to.add("cafmesh_build_info", "The version, as a label.", MetricType::Gauge,
         {{"version", MESHD_VERSION}}, 1);
}

void add_http(families& to, const http::server_counts& now) {
  for (const auto& [status, number_of] : now.answers)
    to.add("cafmesh_http_answers_total",
           "Answers to HTTP requests, by status; streams count as they begin.",
           MetricType::Counter, {{"status", std::to_string(status)}},
           number(number_of));
  to.total("cafmesh_http_requests_total",
           "HTTP requests, also those that were refused.",
           number(now.requests));
  to.total("cafmesh_http_accepted_connections_total", "HTTP connections.",
           number(now.accepted_connections));
  to.total("cafmesh_http_refused_connections_total",
           "HTTP connections beyond a limit.", number(now.refused_connections));
  to.total("cafmesh_http_cut_off_connections_total",
           "HTTP connections that were ended because the client was too slow.",
           number(now.cut_off_connections));
  to.total("cafmesh_http_received_bytes_total",
           "Bytes from HTTP clients, without those of TLS.",
           number(now.bytes_in));
  to.total("cafmesh_http_sent_bytes_total",
           "Bytes to HTTP clients, without those of TLS.",
           number(now.bytes_out));
  to.gauge("cafmesh_http_connections", "Open HTTP connections.",
           number(now.connections));
  to.gauge("cafmesh_http_streams",
           "Open HTTP connections that are event streams or WebSockets.",
           number(now.streams));
}

void add_process(families& to) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto time = [](const timeval& x) {
    return static_cast<double>(x.tv_sec)
           + static_cast<double>(x.tv_usec) / 1'000'000;
  };
  to.total("process_cpu_seconds_total", "User and system time.",
           time(used.ru_utime) + time(used.ru_stime));
  std::ifstream memory{"/proc/self/statm"};
  std::uint64_t all = 0, resident = 0;
  if (memory >> all >> resident) {
    auto page = number(static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
    to.gauge("process_virtual_memory_bytes", "Virtual memory.",
             number(all) * page);
    to.gauge("process_resident_memory_bytes", "Resident memory.",
             number(resident) * page);
  }
}

} // namespace

void add_metrics(routes& to, context& ctx) {
  to.add("GET", "/metrics", [&ctx](const call& x) {
    ctx.mesh.get_status(
      x.then<cafmesh::mesh_status>([&ctx, x](const cafmesh::mesh_status& now) {
        families all;
        add_mesh(all, now);
        add_connection_metrics(all, now);
        add_channel_metrics(all, now);
        add_service(all, ctx);
        add_http(all, ctx.http_counts());
        add_process(all);
        x->reply(200, "text/plain; version=0.0.4; charset=utf-8", all.text(),
                 {});
      }));
  });
}

} // namespace meshd
