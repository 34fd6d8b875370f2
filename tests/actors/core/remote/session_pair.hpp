#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/core/remote/partial_messages.hpp"
#include "actors/core/remote/session.hpp"

/// A session of two peers over a link that a test controls.
namespace cafmesh::test {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline bytes text_bytes(std::string_view x) {
  return byte_view{x}.to_bytes();
}

/// Returns a text of this size, from which `short_text` restores `x` if the
/// text arrives complete.
inline std::string long_text(const std::string& x, std::size_t size) {
  auto mark = static_cast<char>('a' + std::hash<std::string>{}(x) % 26);
  return x + "|" + std::string(size - x.size() - 1, mark);
}
inline std::string short_text(const std::string& x) {
  auto end = x.find('|');
  if (end == std::string::npos)
    return x;
  auto result = x.substr(0, end);
  return long_text(result, x.size()) == x ? result : "mixed up " + result;
}

/// One peer: its end of the session, and what it has received.
struct session_end {
  session_end(std::uint64_t ours, std::uint64_t theirs, std::uint64_t token,
              instant now, remote::session_limits limits = {})
      : uid(ours), other(peer_uid{theirs}),
        talk(peer_uid{ours}, other, token, now, limits) {
  }

  std::uint64_t uid;
  peer_uid other;
  remote::session talk;
  remote::partial_messages partial;
  std::vector<remote::assembled> ended; // messages that did not arrive
  std::vector<std::string> data;        // arrived
  std::vector<std::string> controls;    // arrived
  std::vector<std::string> all;         // data and controls, in order
  std::vector<std::uint64_t> lost;
  // The requests that were unanswered when the other end last began again.
  std::vector<std::uint64_t> undecided;
  int began_again = 0;
  bool lost_data = false;
  bool left = false;
  std::uint64_t cost = 0;       // of small messages that arrived
  std::uint64_t large_cost = 0; // of fragments no longer in `partial`

  void handle(remote::session_events x, instant now) {
    if (x.began_again) {
      ++began_again;
      undecided = x.undecided;
      cost = large_cost = 0;
      partial.forget(other);
      all.push_back("again");
    }
    for (const auto& a : x.arrivals) {
      if (a.fragment) {
        std::vector<remote::assembled> out;
        partial.add(other, a.body, *a.fragment, 1'000'000'000, now, out);
        take(std::move(out));
      } else {
        std::string text{a.body.view().as_text()};
        if (!a.is_control)
          cost += remote::cost_of_frame(text.size());
        (a.is_control ? controls : data).push_back(text);
        all.push_back(std::move(text));
      }
    }
    lost_data = lost_data || x.lost_data;
    lost.insert(lost.end(), x.lost.begin(), x.lost.end());
    left = left || x.left;
  }
  void expire(instant now) {
    remote::session_events events;
    talk.expire(now, events);
    handle(std::move(events), now);
    std::vector<remote::assembled> late;
    partial.expire(now, late);
    take(std::move(late));
  }
  /// Tells the other side that everything that arrived has been processed.
  void process(instant now) {
    talk.set_processed(cost, large_cost);
    talk.return_credit(now);
  }
  void take(std::vector<remote::assembled> xs) {
    for (auto& x : xs) {
      large_cost += x.cost;
      if (x.outcome != remote::assembly::complete) {
        ended.push_back(std::move(x));
        continue;
      }
      data.push_back(short_text(std::string{byte_view{x.body}.as_text()}));
      all.push_back(data.back());
    }
  }
  void receive(const bytes& raw, instant now) {
    auto x = remote::read_packet(payload{raw});
    if (!x)
      return;
    remote::session_events events;
    talk.receive(*x, now, events);
    handle(std::move(events), now);
  }
};

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
  void say_long(session_end& from, const std::string& text, std::size_t size,
                std::uint64_t request = 0, remote::frame_ends ends = {}) {
    from.talk.add_data(text_bytes(long_text(text, size)), request, now, ends);
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
      for (auto x : {&a, &b})
        x->expire(now);
    }
  }

  instant now{seconds{1000}};
  session_end a;
  session_end b;
  int packets = 0;
};

} // namespace cafmesh::test
