#include "tests/support/stranger.hpp"

#include <algorithm>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "messages/wire/topology_update.hpp"
#include "tests/support/encoded_records.hpp"

namespace cafmesh::test {

namespace {

std::string host_of(char letter) {
  return "10.0.0." + std::to_string(int{letter});
}

peer_name name_of(char letter) {
  return peer_name::from_number(static_cast<std::uint64_t>(letter));
}

} // namespace

crypto::handshake_config stranger::handshake_of(const options& opts,
                                                bool outbound) {
  wire::introduction ours;
  ours.name = name_of(opts.letter);
  ours.nickname = std::string(1, opts.letter);
  ours.uid = opts.uid;
  ours.connection_half = opts.connection_half;
  ours.takes_holds = opts.takes_holds;
  ours.digests = opts.digests;
  crypto::handshake_config result;
  result.outbound = outbound;
  result.min_version = opts.min_version;
  result.max_version = opts.max_version;
  result.features = wire::to_features(ours);
  std::vector<password> passwords;
  for (const auto& x : opts.passwords)
    passwords.emplace_back(x);
  result.passwords =
    std::make_shared<const std::vector<password>>(std::move(passwords));
  return result;
}

void write_all(stream_socket& to, byte_view xs,
               const std::function<void()>& run) {
  while (!xs.empty()) {
    auto put = to.write(xs);
    if (put.status != io_status::done)
      return;
    xs = xs.sub(put.size);
    run();
  }
}

stranger::stranger(mesh& world, const node& whom, const options& opts)
    : stranger([&world] { world.run(); }, world.net(), whom.host(), opts) {
}

stranger::stranger(std::function<void()> run, memory_transport& net,
                   const std::string& whom, const options& opts)
    : run_(std::move(run)), name_(name_of(opts.letter)),
      host_(opts.host.empty() ? host_of(opts.letter) : opts.host),
      socket_(net.open(host_, whom, 6783)),
      link_(handshake_of(opts, true), crypto::key_pair::random(),
            name_flavour::mac) {
  BOOST_TEST_REQUIRE((socket_ != nullptr));
}

stranger::stranger(mesh& world, const options& opts)
    : run_([&world] { world.run(); }), name_(name_of(opts.letter)),
      host_(host_of(opts.letter)),
      link_(handshake_of(opts, false), crypto::key_pair::random(),
            name_flavour::mac) {
  auto listening = world.net().listen(host_, 6783);
  BOOST_TEST_REQUIRE(bool{listening});
  listening_ = std::move(*listening);
}

bool stranger::flush() {
  auto moved = false;
  while (!link_.output().empty()) {
    auto put = socket_->write(link_.output());
    if (put.status != io_status::done)
      break;
    link_.wrote(put.size);
    moved = true;
  }
  return moved;
}

bool stranger::take_in() {
  auto moved = false;
  for (;;) {
    auto room = link_.read_room();
    auto got = socket_->read(room.data, room.size);
    if (got.status == io_status::closed || got.status == io_status::failed)
      closed_ = true;
    if (got.status != io_status::done)
      return moved;
    moved = true;
    link_intake intake;
    if (auto err = link_.received(got.size, intake); err && !failure_)
      failure_ = std::move(err);
    note(intake);
  }
}

void stranger::note(const link_intake& intake) {
  for (const auto& x : intake.channels)
    for (const auto& y : x.messages) {
      auto data = intake.block.slice(y.data_offset, y.data_size);
      messages_.push_back(
        {y.tag, *x.channel, y.source, std::string{data.view().as_text()}});
    }
  for (const auto& x : intake.holds)
    holds_.push_back((x.on ? "+" : "-") + *x.channel);
  heartbeats_ += intake.heartbeats;
}

void stranger::talk() {
  run_();
  if (!socket_ && listening_)
    if (auto accepted = listening_->accept(); accepted && *accepted)
      socket_ = std::move(*accepted);
  for (auto moved = true; moved && socket_;) {
    moved = flush();
    run_();
    moved = take_in() || moved;
    run_();
  }
}

void stranger::hold(const std::string& channel, bool on) {
  link_.send_hold({on, channel});
  talk();
}

void stranger::put() {
  flush();
}

void stranger::push() {
  while (flush())
    run_();
  run_();
}

void stranger::step() {
  push();
  take_in();
}

void stranger::introduce() {
  talk();
  BOOST_TEST_REQUIRE(is_introduced(), describe(failure_));
  link_.open();
  link_intake intake;
  link_.received(0, intake);
  note(intake);
  talk();
}

void stranger::queue(const outgoing& x, const std::string& channel) {
  auto err = link_.send(channel, x);
  BOOST_TEST_REQUIRE(!err, describe(err));
}

void stranger::send(wire::message_tag tag, const std::string& channel,
                    std::string_view data, peer_name to) {
  outgoing x;
  x.tag = tag;
  x.source = name_;
  x.destination = to;
  x.data = text_payload(data);
  queue(x, channel);
  talk();
}

void stranger::send_topology(const std::vector<peer_record>& peers) {
  auto update = wire::topology_definitions().to_bytes();
  for (const auto& x : peers)
    append_peer_record(update, x);
  send(wire::message_tag::gossip, "topology", byte_view{update}.as_text());
}

void stranger::queue_heartbeat() {
  link_.send_heartbeat();
}

void stranger::write_raw(byte_view xs) {
  write_all(*socket_, xs, run_);
}

bytes stranger::take_queued() {
  auto result = link_.output().to_bytes();
  link_.wrote(result.size());
  return result;
}

std::size_t stranger::count(const std::string& channel) const {
  auto n =
    std::count_if(messages_.begin(), messages_.end(),
                  [&](const message& x) { return x.channel == channel; });
  return static_cast<std::size_t>(n);
}

} // namespace cafmesh::test
