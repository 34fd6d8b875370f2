#include "tools/meshd/process/service.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>

#include "tools/meshd/api/http_face.hpp"
#include "tools/meshd/api/kv_waiters.hpp"
#include "tools/meshd/api/streams.hpp"
#include "tools/meshd/mesh/counted.hpp"
#include "tools/meshd/mesh/stored_values.hpp"
#include "tools/meshd/process/identity.hpp"
#include "tools/meshd/process/life_record.hpp"

namespace meshd {

namespace {

using cafmesh::log_level;

constexpr std::chrono::seconds reload_time{5};

/// How long a node that is told to stop goes on with changes that it has begun.
constexpr std::chrono::milliseconds time_to_finish{2000};

} // namespace

/// The objects that the API uses. The main thread uses them before the HTTP
/// thread starts and after it has ended. In between, only the HTTP thread does.
struct service_parts {
  service_parts(const configuration& config, const state_folder& folder,
                const lives* history, const stored_values& stored,
                const warnings& noticed, mesh_system& mesh, http_face& http)
      : events(config.service.max_streams),
        joined(mesh.parts(), config.service.max_channels,
               [this](const auto& channel, const auto& xs) {
                 events.messages_arrived(channel, xs);
               }),
        kv(mesh.parts(),
           {config.service.kv_channel, config.service.kv_retention,
            config.service.max_kv_bytes,
            folder.is_open() ? folder.path("kv.sqlite") : std::string{}},
           [this](const auto& xs) {
             waiters.changed(xs);
             events.keys_changed(xs);
           }),
        waiters(mesh),
        counts(mesh.parts(), stored, config.service.max_counters),
        all_sets(mesh.parts(), stored, config.service.max_sets),
        actors(mesh.parts()),
        round_trips(mesh.parts()), ctx{config.service,
                                       config.mesh.flavour,
                                       std::chrono::steady_clock::now(),
                                       mesh,
                                       joined,
                                       kv,
                                       waiters,
                                       counts,
                                       all_sets,
                                       actors,
                                       round_trips,
                                       events,
                                       noticed,
                                       ended,
                                       history,
                                       [&http] {
                                         return http.counts();
                                       }},
        source(mesh.parts(), [this](const mesh_event& x) { changed(x); }) {
    for (auto add : {add_node, add_health, add_peers, add_connections,
                     add_targets, add_channels, add_messages, add_kv,
                     add_counters, add_sets, add_actors, add_metrics})
      add(http.paths(), ctx);
    events.begin(http.paths(), ctx, source);
  }

  void changed(const mesh_event& x) {
    if (auto left = std::get_if<cafmesh::gossiper_ended>(&x)) {
      joined.ended(left->channel);
      if (!joined.is_joined(left->channel))
        events.channel_left(left->channel);
    }
    ended.changed(x, std::chrono::system_clock::now());
    events.mesh_changed(x);
  }

  streams events;
  channels joined;
  kv_store kv;
  kv_waiters waiters;
  counters counts;
  sets all_sets;
  published_actors actors;
  pings round_trips;
  ended_connections ended;
  context ctx;
  mesh_events source;
};

struct service::state {
  configuration& config;
  cafmesh::log_sink_ptr log;
  warnings_ptr noticed;
  state_folder folder;
  std::unique_ptr<life_record> life; // null without a state folder
  stored_values stored;
  http_face http;
  mesh_system mesh;
  std::unique_ptr<service_parts> parts;
  bool has_started = false;

  /// Runs `f` on the HTTP thread and waits until `f` calls its argument with
  /// what is wrong, or with an empty text.
  /// @returns that text, or an error after the time limit
  std::string
  wait_for(const std::function<void(std::function<void(std::string)>)>& f,
           std::chrono::milliseconds limit = reload_time);
  /// Opens the state folder and its files, and sets the peer's name.
  /// @returns what is wrong; empty if nothing is
  std::string open_state();
  /// Waits until stored values are read and all channels are joined.
  /// @returns what is wrong; empty if nothing is
  std::string join_channels();
  /// Refuses new changes, and waits until earlier changes are answered and on
  /// their way to the neighbours.
  void finish_changes();
  /// Publishes the warnings about the passwords in use, and logs a missing
  /// password. The library itself logs short passwords.
  void warn_of(const std::vector<cafmesh::password>& passwords);
};

std::string service::state::wait_for(
  const std::function<void(std::function<void(std::string)>)>& f,
  std::chrono::milliseconds limit) {
  auto outcome = std::make_shared<std::promise<std::string>>();
  auto future = outcome->get_future();
  http.post([f, outcome] {
    f([outcome](std::string x) { outcome->set_value(std::move(x)); });
  });
  if (future.wait_for(limit) != std::future_status::ready)
    return "the node did not answer in time";
  return future.get();
}

std::string service::state::open_state() {
  const auto& path = config.service.state;
  if (path.empty()) {
    log->write(log_level::info,
               "there is no state folder, so the node's name, keys, counters "
               "and sets are gone when it ends");
    return {};
  }
  if (auto wrong = folder.open(path); !wrong.empty())
    return wrong;
  life = std::make_unique<life_record>(folder, log);
  if (auto wrong = stored.open(folder.path("values.sqlite")); !wrong.empty())
    log->write(log_level::error, "counters and sets are not stored: " + wrong);
  return settle_name(folder, config.mesh);
}

std::string service::state::join_channels() {
  using join = std::function<void(answer<done>)>;
  auto& all = *parts;
  const std::pair<const char*, join> steps[] = {
    {"the channel of the map",
     [&](auto then) {
       all.kv.await_loaded(std::move(then));
     }},
    {"the channels of counters",
     [&](auto then) {
       all.counts.restore(std::move(then));
     }},
    {"the channels of sets",
     [&](auto then) {
       all.all_sets.restore(std::move(then));
     }},
    {"the channel of pings",
     [&](auto then) {
       all.round_trips.join(std::move(then));
     }},
  };
  for (const auto& [what, f] : steps) {
    auto wrong = wait_for(
      [&f = f](auto then) {
        f([then](const result<done>& x) {
          auto why = std::get_if<problem>(&x);
          then(why ? why->detail : std::string{});
        });
      },
      load_time);
    if (!wrong.empty())
      return std::string{"cannot join "} + what + ": " + wrong;
  }
  return {};
}

void service::state::finish_changes() {
  auto limit = std::min(config.mesh.drain_limit, time_to_finish);
  auto wrong = wait_for(
    [this](const auto& then) {
      parts->ctx.is_stopping = true;
      parts->events.close_all();
      http.refuse_changes([then] { then({}); });
    },
    limit);
  if (!wrong.empty() && limit.count() > 0)
    log->write(log_level::warning,
               "stops before all changes are answered; clients get errors");
}

void service::state::warn_of(const std::vector<cafmesh::password>& passwords) {
  auto all = warnings_about(passwords, mesh.self().address);
  for (const auto& x : all)
    if (x.code == no_password)
      log->write(log_level::warning, x.detail + " " + x.hint);
  noticed->set_standing(std::move(all));
}

service::service(configuration& config, cafmesh::log_sink_ptr log,
                 warnings_ptr noticed)
    : state_(new state{config,
                       std::move(log),
                       std::move(noticed),
                       {},
                       {},
                       {},
                       {},
                       {},
                       {},
                       false}) {
}

service::~service() {
  stop(life_end::failed);
}

std::string service::start(std::function<void()> on_end) {
  auto& st = *state_;
  const auto& opts = st.config.service;
  if (auto wrong = st.open_state(); !wrong.empty())
    return wrong;
  if (auto wrong = st.http.open(opts, st.log); !wrong.empty())
    return wrong;
  auto post = [&http = st.http](std::function<void()> f) {
    http.post(std::move(f));
  };
  auto past =
    st.life ? st.life->all().uids() : std::vector<cafmesh::peer_uid>{};
  if (auto wrong =
        st.mesh.open(st.config, past, st.log, post, std::move(on_end));
      !wrong.empty())
    return wrong;
  if (st.life)
    st.life->begin(st.mesh.self().uid);
  st.parts = std::make_unique<service_parts>(
    st.config, st.folder, st.life ? &st.life->all() : nullptr, st.stored,
    *st.noticed, st.mesh, st.http);
  if (auto wrong = st.parts->actors.join(); !wrong.empty())
    return wrong;
  if (auto wrong = st.http.start(); !wrong.empty())
    return wrong;
  st.has_started = true;
  if (auto wrong = st.join_channels(); !wrong.empty())
    return wrong;
  st.warn_of(st.config.mesh.passwords);
  st.mesh.start();
  st.log->write(log_level::info, "serves HTTP on " + st.http.address());
  if (auto address = st.http.metrics_address(); !address.empty())
    st.log->write(log_level::info, "serves metrics on " + address);
  return {};
}

std::string service::reload(configuration& config) {
  auto& st = *state_;
  // Changes nothing before all files are read and the node has accepted the
  // passwords.
  http_secrets secrets;
  if (auto wrong = st.http.read_secrets(config.service, secrets);
      !wrong.empty())
    return wrong;
  auto detail = [](const result<done>& x) {
    auto why = std::get_if<problem>(&x);
    return why ? why->detail : std::string{};
  };
  auto wrong =
    st.wait_for([&st, detail, xs = config.mesh.passwords](auto then) {
      st.mesh.set_passwords(xs, [=](const auto& x) { then(detail(x)); });
    });
  if (!wrong.empty())
    return wrong;
  st.warn_of(config.mesh.passwords);
  st.http.use(std::move(secrets));
  wrong = st.wait_for([&st, detail, xs = config.mesh.peers](auto then) {
    st.mesh.connect_to(xs, true, [=](const auto& x) { then(detail(x)); });
  });
  return wrong.empty()
           ? wrong
           : "only the peers are refused, all else is in use now: " + wrong;
}

void service::when_alive(std::function<void()> f) {
  auto& st = *state_;
  st.http.post([&st, f = std::move(f)] {
    st.mesh.get_node([&st, f](const result<cafmesh::node_description>& x) {
      if (!std::get_if<problem>(&x))
        st.mesh.when_network_answers(f);
    });
  });
}

void service::when_described(std::function<void(const std::string&)> f) {
  auto& st = *state_;
  st.http.post([&st, f = std::move(f)] {
    st.mesh.get_status([f](const result<cafmesh::mesh_status>& x) {
      if (auto now = std::get_if<cafmesh::mesh_status>(&x))
        f(counted(now->peers.size(), "peer") + ", "
          + counted(now->connections.size(), "connection") + ", "
          + counted(now->channels.size(), "channel"));
    });
  });
}

void service::stop(life_end how) {
  auto& st = *state_;
  if (!st.has_started)
    return;
  st.has_started = false;
  if (st.life)
    st.life->ends(how);
  st.finish_changes();
  auto limit = st.config.mesh.drain_limit + std::chrono::seconds{2};
  if (!st.mesh.stop(limit))
    st.log->write(log_level::warning, "the node did not stop in time");
  st.http.stop();
  st.parts.reset();
}

} // namespace meshd
