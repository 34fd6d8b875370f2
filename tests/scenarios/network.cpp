#include "tests/scenarios/network.hpp"
#include "tests/support/skipping.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cafmesh::test {

namespace {

const std::string ip = "/sbin/ip";
const std::string the_switch = "switch";

std::string host_name(std::uint64_t host) {
  return "host" + std::to_string(host);
}

std::string port_name(std::uint64_t host) {
  return "port" + std::to_string(host);
}

void ip_in(const std::string& where, const std::string& words) {
  std::vector<std::string> command{ip, "-n", where};
  std::istringstream in{words};
  for (std::string word; in >> word;)
    command.push_back(word);
  run(command);
}

/// Hides the names of this process's namespaces from all processes but its
/// children.
/// @returns whether the system allows that
bool have_private_names() {
  static const bool result =
    have_private_mounts()
    && (::mkdir("/run/netns", S_IRWXU) == 0 || errno == EEXIST)
    && ::mount("tmpfs", "/run/netns", "tmpfs", 0, nullptr) == 0;
  return result;
}

std::string why_impossible() {
  if (::access(ip.c_str(), X_OK) != 0)
    return "there is no " + ip + " (iproute2)";
  if (!have_private_names())
    return "mounting takes root";
  const auto probe = network::on(0);
  if (!runs({ip, "netns", "add", probe.back()}))
    return "network namespaces are not allowed";
  const bool links =
    runs({ip, "-n", probe.back(), "link", "add", "one", "type", "veth"})
    && runs({ip, "-n", probe.back(), "link", "add", "two", "type", "bridge"});
  runs({ip, "netns", "del", probe.back()});
  return links ? "" : "the kernel has no veth or no bridge";
}

bool knows_netem(const std::string& where) {
  return runs({"/sbin/tc", "-n", where, "qdisc", "add", "dev", "lo", "root",
               "netem", "delay", "1ms"})
         && runs(
           {"/sbin/tc", "-n", where, "qdisc", "del", "dev", "lo", "root"});
}

std::string why_never_bad() {
  run({ip, "netns", "add", the_switch});
  const bool result = knows_netem(the_switch) || bad_wire::is_possible();
  run({ip, "netns", "del", the_switch});
  return result ? "" : "the kernel has neither netem nor /dev/net/tun";
}

bool say(const std::string& why_not) {
  return why_not.empty() || skip("cannot create a network: " + why_not);
}

} // namespace

bool network::is_possible() {
  static const bool result = say(why_impossible());
  return result;
}

bool network::can_be_bad() {
  static const bool result = is_possible() && say(why_never_bad());
  return result;
}

network::network(std::uint64_t hosts) : network(hosts, wire_quality{}) {
}

network::network(std::uint64_t hosts, wire_quality quality) : hosts_(hosts) {
  const bool bad = quality.loss > 0 || quality.delay.count() > 0;
  run({ip, "netns", "add", the_switch});
  for (const auto* bridge : {"main", "apart"}) {
    ip_in(the_switch, std::string{"link add "} + bridge + " type bridge");
    ip_in(the_switch, std::string{"link set up dev "} + bridge);
  }
  std::vector<std::string> names;
  for (std::uint64_t i = 1; i <= hosts; ++i) {
    names.push_back(host_name(i));
    run({ip, "netns", "add", names.back()});
  }
  netem_ = bad && knows_netem(the_switch);
  if (bad && !netem_)
    wire_ = std::make_unique<bad_wire>(names, quality, hosts);
  for (std::uint64_t i = 1; i <= hosts; ++i) {
    if (!wire_)
      connect_to_bridge(i);
    ip_in(host_name(i), "link set up dev lo");
    ip_in(host_name(i), "link set up dev eth0");
    move(i, address(i));
    if (netem_)
      run({"/sbin/tc", "-n", host_name(i), "qdisc", "add", "dev", "eth0",
           "root", "netem", "limit", "10000", "delay",
           std::to_string(quality.delay.count()) + "ms", "loss",
           std::to_string(quality.loss * 100) + "%"});
  }
}

network::~network() {
  wire_.reset();
  for (std::uint64_t i = 1; i <= hosts_; ++i)
    runs({ip, "netns", "del", host_name(i)});
  runs({ip, "netns", "del", the_switch});
}

void network::connect_to_bridge(std::uint64_t host) {
  ip_in(the_switch, "link add " + port_name(host)
                      + " type veth peer name eth0 netns " + host_name(host));
  ip_in(the_switch, "link set " + port_name(host) + " master main up");
}

std::vector<std::string> network::on(std::uint64_t host) {
  return {ip, "netns", "exec", host_name(host)};
}

node_setup network::setup(std::uint64_t number, std::vector<std::string> peers,
                          std::vector<std::string> options) {
  return {number,           address(number),    6783,
          std::move(peers), std::move(options), on(number)};
}

std::string network::address(std::uint64_t host) {
  return "10.99.0." + std::to_string(host);
}

// Moves the ports of these hosts to a different bridge, where they reach only
// each other. To the hosts, this looks like a cut link in the middle of the
// network.
void network::part(const std::vector<std::uint64_t>& hosts) {
  for (auto x : hosts)
    ip_in(the_switch, "link set " + port_name(x) + " master apart");
}

void network::heal() {
  for (std::uint64_t i = 1; i <= hosts_; ++i)
    ip_in(the_switch, "link set " + port_name(i) + " master main");
}

void network::pull(std::uint64_t host) {
  ip_in(the_switch, "link set down dev " + port_name(host));
}

void network::plug_in(std::uint64_t host) {
  ip_in(the_switch, "link set up dev " + port_name(host));
}

void network::move(std::uint64_t host, const std::string& where) {
  ip_in(host_name(host), "addr flush dev eth0");
  ip_in(host_name(host), "addr add " + where + "/24 dev eth0");
}

network::ping_result network::ping(std::uint64_t from, std::uint64_t to,
                                   int packets) {
  std::string command =
    "ping -q -i 0.02 -W 2 -c " + std::to_string(packets) + " " + address(to);
  for (auto words = on(from); !words.empty(); words.pop_back())
    command = words.back() + " " + command;
  std::string said;
  std::array<char, 4096> buffer;
  auto* out = ::popen(command.c_str(), "r");
  while (out && std::fgets(buffer.data(), buffer.size(), out))
    said += buffer.data();
  ::pclose(out);
  // `said` has lines such as "… 9.5% packet loss, …" and "rtt min/avg/max/mdev
  // = 1.0/2.0/…".
  const auto loss = said.rfind(' ', said.find("% packet loss"));
  const auto average = said.find('/', said.find(" = "));
  if (loss == std::string::npos || average == std::string::npos)
    throw std::runtime_error("ping says: " + said);
  return {std::chrono::milliseconds{std::stoi(said.substr(average + 1))},
          std::stod(said.substr(loss + 1)) / 100};
}

} // namespace cafmesh::test
