#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/core/remote/session.hpp"

/// Two peers with a session and a link between them, which a test controls.
namespace cafmesh::test {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// One life of a peer.
struct session_end {
  session_end(std::uint64_t ours, std::uint64_t theirs, std::uint64_t token,
              instant now, remote::session_limits limits = {})
      : uid(ours), talk(peer_uid{ours}, peer_uid{theirs}, token, now, limits) {
  }

  std::uint64_t uid;
  remote::session talk;
  std::vector<std::string> data;     // that arrived
  std::vector<std::string> controls; // that arrived
  std::vector<std::string> all;      // both, in order
  std::vector<std::uint64_t> lost;
  std::vector<std::uint64_t> undecided; // when the peer began again last
  int began_again = 0;
  bool left = false;

  void handle(remote::session_events x) {
    if (x.began_again) {
      ++began_again;
      undecided = x.undecided;
      all.push_back("again");
    }
    for (const auto& a : x.arrivals) {
      std::string text{a.body.view().as_text()};
      (a.is_control ? controls : data).push_back(text);
      all.push_back(std::move(text));
    }
    lost.insert(lost.end(), x.lost.begin(), x.lost.end());
    left = left || x.left;
  }
  void receive(const bytes& raw, instant now) {
    auto x = remote::read_packet(payload{raw});
    if (!x)
      return;
    remote::session_events events;
    talk.receive(*x, now, events);
    handle(std::move(events));
  }
};

inline bytes text_bytes(std::string_view x) {
  return byte_view{x}.to_bytes();
}

/// Both ends and a clock. Each packet passes `route`, which may drop it.
struct session_pair {
  explicit session_pair(remote::session_limits limits = {})
      : a(1, 2, 11, now, limits), b(2, 1, 22, now, limits) {
  }

  /// Returns false for a packet that is lost.
  std::function<bool(session_end& to, const bytes& x)> route =
    [](session_end&, const bytes&) {
      return true;
    };

  void say(session_end& from, std::string_view text,
           std::uint64_t request = 0) {
    from.talk.add_data(text_bytes(text), request, now);
  }
  bool control(session_end& from, std::string_view text) {
    return from.talk.add_control(text_bytes(text), now);
  }
  void move(session_end& from, session_end& to) {
    for (auto& x : from.talk.take_packets(now)) {
      ++packets;
      if (route(to, x))
        to.receive(x, now);
    }
  }
  void exchange() {
    for (int i = 0; i < 6; ++i) {
      move(a, b);
      move(b, a);
    }
  }
  void run_for(duration time) {
    auto end = now + time;
    for (exchange(); now < end; exchange()) {
      auto next = end;
      for (auto x : {a.talk.due(), b.talk.due()})
        if (x && *x < next)
          next = std::max(*x, now + milliseconds{1});
      now = std::min(next, end);
      for (auto x : {&a, &b}) {
        remote::session_events events;
        x->talk.expire(now, events);
        x->handle(std::move(events));
      }
    }
  }

  instant now{seconds{1000}};
  session_end a;
  session_end b;
  int packets = 0;
};

} // namespace cafmesh::test
