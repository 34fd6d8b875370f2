#include "tests/support/mesh.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "actors/node/spawn_node.hpp"

namespace cafmesh::test {

namespace {

constexpr std::uint16_t usual_port = 6783;

std::string letter_of(peer_name name) {
  auto number = name.number();
  return number >= 'a' && number <= 'z'
           ? std::string(1, static_cast<char>(number))
           : name.str();
}

std::string text_of(const peer_record& x) {
  std::string result;
  for (const auto& c : x.connections)
    result += (result.empty() ? "" : " ") + letter_of(x.peer.name)
              + (c.established ? ">" : "~") + letter_of(c.remote);
  return result.empty() ? letter_of(x.peer.name) : result;
}

} // namespace

// -- collecting_log

void collecting_log::write(log_level level, std::string_view text) {
  lines_.emplace_back(text);
  if (level == log_level::warning || level == log_level::error)
    ++complaints_;
  if (level == log_level::debug)
    return;
  ++size_;
  last_ = text;
}

std::size_t collecting_log::count(const std::vector<std::string>& parts) const {
  auto has_all = [&](const std::string& line) {
    return std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
      return line.find(part) != std::string::npos;
    });
  };
  return static_cast<std::size_t>(
    std::count_if(lines_.begin(), lines_.end(), has_all));
}

std::string collecting_log::all() const {
  std::string result;
  for (const auto& line : lines_)
    result += line + "\n";
  return result;
}

// -- node

node::node(mesh& world, char letter, settings config, overlay_actor overlay)
    : world_(world),
      name_(peer_name::from_number(static_cast<std::uint64_t>(letter))),
      config_(std::move(config)), log_(std::make_shared<collecting_log>()) {
  auto spawned = spawn_node(world_.system(), config_, world_.net_ptr(), log_,
                            std::move(overlay), parts_);
  if (!spawned)
    throw std::runtime_error("no router: " + describe(spawned.error()));
  router_ = std::move(*spawned);
}

record& node::join(const std::string& name) {
  auto what = std::make_shared<record>();
  auto gossiper = spawn_recorder(world_.system(), what);
  auto joined = world_.ask<gossip_channel_actor>(
    router_, join_channel{name, gossiper_actor{gossiper}});
  BOOST_TEST_REQUIRE(joined.value.has_value(), describe(joined.why));
  gossipers_[name] = std::move(gossiper);
  records_[name] = what;
  return *what;
}

void node::join_with(const std::string& name, gossiper_actor gossiper) {
  auto joined = world_.ask<gossip_channel_actor>(
    router_, join_channel{name, std::move(gossiper)});
  BOOST_TEST_REQUIRE(joined.value.has_value(), describe(joined.why));
}

channel_status node::figures(const std::string& name) {
  auto status = world_.ask<channel_status>(channel(name), get_channel_status{});
  BOOST_TEST_REQUIRE(status.value.has_value(), describe(status.why));
  return *status.value;
}

std::vector<caf::strong_actor_ptr> node::parts(const std::string& kind) const {
  std::vector<caf::strong_actor_ptr> result;
  for (const auto& x : parts_->all())
    if (x.what == kind || x.what.rfind(kind + " ", 0) == 0)
      if (auto ptr = caf::actor_cast<caf::strong_actor_ptr>(x.address))
        result.push_back(std::move(ptr));
  return result;
}

void node::start() {
  auto started = world_.ask<void>(router_, start_mesh{});
  BOOST_TEST_REQUIRE(!started.why, describe(started.why));
}

void node::stop() {
  if (!router_)
    return;
  auto stopped = ask_later<void>(world_.system(), router_, stop_mesh{});
  world_.run();
  // If a neighbour takes no data, the node stops only after `drain_limit`.
  if (stopped->is_open)
    world_.run_for(config_.drain_limit);
  BOOST_TEST(!stopped->is_open, "the node does not stop");
  // If the test has stopped the node itself, CAF answers that the receiver is
  // down.
  auto is_gone = stopped->why == caf::sec::request_receiver_down;
  BOOST_TEST((!stopped->why || is_gone), describe(stopped->why));
  router_ = nullptr;
  for (const auto& x : gossipers_)
    caf::anon_send_exit(x.second, caf::exit_reason::user_shutdown);
  gossipers_.clear();
  world_.run();
}

void node::connect_to(const node& other) {
  auto err = connect_to({other.address()});
  BOOST_TEST_REQUIRE(!err, describe(err));
}

caf::error node::connect_to(std::vector<std::string> addresses, bool replace) {
  return world_
    .ask<void>(router_, cafmesh::connect_to{std::move(addresses), replace})
    .why;
}

void node::forget(std::vector<std::string> addresses) {
  world_.ask<void>(router_, cafmesh::forget{std::move(addresses)});
}

reply_ptr<void> node::unicast(const std::string& name, peer_name to,
                              std::string_view data) {
  auto result = ask_later<void>(world_.system(), channel(name),
                                cafmesh::unicast{to, text_payload(data)});
  world_.run();
  return result;
}

void node::broadcast(const std::string& name, const std::string& word) {
  world_.ask<void>(channel(name), cafmesh::broadcast{word_set::of({word})});
}

void node::gossip(const std::string& name, const std::string& word) {
  world_.ask<void>(channel(name), cafmesh::gossip{word_set::of({word})});
}

reply<inner_channel_actor> node::find(const std::string& channel,
                                      peer_name neighbour) {
  return world_.ask<inner_channel_actor>(
    caf::actor_cast<inner_router_actor>(router_),
    find_channel{std::make_shared<const std::string>(channel), neighbour});
}

inner_channel_actor node::channel(const std::string& name) {
  auto found = find(name);
  BOOST_TEST_REQUIRE(found.value.has_value(), describe(found.why));
  return *found.value;
}

mesh_description node::description() {
  auto found = world_.ask<mesh_description>(router_, get_topology{});
  BOOST_TEST_REQUIRE(found.value.has_value(), describe(found.why));
  return *found.value;
}

std::string node::topology() {
  std::string result;
  for (const auto& x : description().peers)
    result += (result.empty() ? "" : " ") + text_of(x);
  return result;
}

peer_record node::record_of(const node& other) {
  for (auto& x : description().peers)
    if (x.peer.name == other.name())
      return x;
  return {};
}

std::size_t node::degree() {
  auto xs = record_of(*this).connections;
  return static_cast<std::size_t>(std::count_if(
    xs.begin(), xs.end(), [](const auto& x) { return x.established; }));
}

std::string node::address() const {
  return config_.host + ":" + std::to_string(config_.port);
}

// -- mesh

mesh::mesh() : net_(std::make_shared<memory_transport>()) {
}

mesh::~mesh() {
  for (auto& x : nodes_)
    x->stop();
  nodes_.clear();
  run();
  BOOST_TEST(running() == 0u, "actors stay behind");
  BOOST_TEST(net_->open_sockets() == 0u, "sockets stay behind");
  BOOST_TEST(net_->open_listeners() == 0u, "listeners stay behind");
}

settings mesh::settings_for(char letter) {
  settings result;
  result.name = peer_name::from_number(static_cast<std::uint64_t>(letter));
  result.nickname = std::string(1, letter);
  result.host = "10.0.0." + std::to_string(int{letter});
  result.port = usual_port;
  result.discovery = false;
  // Each start needs a different seed, because the UID is made from it.
  result.seed = ++seeds_;
  return result;
}

node& mesh::prepare(char letter, settings config, overlay_actor overlay) {
  nodes_.push_back(std::make_unique<node>(*this, letter, std::move(config),
                                          std::move(overlay)));
  nodes_.back()->join("chan");
  return *nodes_.back();
}

node& mesh::add(char letter, settings config) {
  auto& result = prepare(letter, std::move(config));
  result.start();
  return result;
}

node& mesh::at(char letter) {
  for (auto i = nodes_.rbegin(); i != nodes_.rend(); ++i)
    if ((*i)->config().nickname[0] == letter && (*i)->router())
      return **i;
  throw std::runtime_error(std::string{"no node "} + letter);
}

void mesh::build(const std::string& edges) {
  std::set<char> letters;
  for (char c : edges)
    if (c != ' ')
      letters.insert(c);
  for (char c : letters)
    add(c);
  for (std::size_t i = 0; i + 1 < edges.size(); i += 3)
    at(edges[i]).connect_to(at(edges[i + 1]));
  settle();
}

bool mesh::all_know(const std::string& topology) {
  return std::all_of(nodes_.begin(), nodes_.end(), [&](const auto& x) {
    if (!x->router())
      return true;
    auto known = x->topology();
    BOOST_TEST_INFO_SCOPE(x->config().nickname << " knows " << known);
    if (known != topology)
      BOOST_TEST_MESSAGE(x->config().nickname << " knows " << known);
    return known == topology;
  });
}

bool mesh::all_agree() {
  auto first = std::find_if(nodes_.begin(), nodes_.end(),
                            [](const auto& x) { return bool{x->router()}; });
  return first == nodes_.end() || all_know((*first)->topology());
}

} // namespace cafmesh::test
