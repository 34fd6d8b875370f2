#pragma once

#include <cstddef>
#include <cstdint>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Decides when a connection pauses reading because a channel is slow. All
/// channels of a connection share one stream, so a pause slows the senders of
/// the slow channel, and also delays every other channel.
///
/// Each channel has credit for `few_batches` unanswered batches, and for more
/// while they are small. While a channel is out of credit, the connection
/// pauses. Each byte read allows for a little more time in pauses; when that
/// time is used up, the channel is bypassed: its messages are dropped until it
/// answers. A busy channel that shares the connection only with the topology
/// may slow its senders down to `alone.least_rate`; if other channels were used
/// lately, the connection reads at `shared.least_rate` or faster.
class reading_credit {
public:
  static constexpr std::size_t few_batches = 4;
  static constexpr std::size_t most_batches = 64;
  /// If a channel's unanswered batches exceed this number of bytes, it has
  /// credit for no more than `few_batches`.
  static constexpr std::size_t few_bytes = 256 * 1024;
  /// If the unanswered batches of all channels exceed this number of bytes,
  /// each channel has credit for only one batch.
  static constexpr std::size_t many_bytes = 8 * 1024 * 1024;

  /// How long a channel counts as used after a batch for it.
  static constexpr duration lately = std::chrono::seconds{10};
  /// How often to call `is_too_long` during a pause.
  static constexpr duration check_interval = std::chrono::milliseconds{10};

  struct pause_limit {
    /// The longest pause. In `alone` it exceeds the patience for relays, so
    /// that a channel that waits for a stuck next hop answers before the pause
    /// ends.
    duration longest;
    std::size_t least_rate; ///< bytes per second, on average
  };
  static constexpr pause_limit alone{std::chrono::milliseconds{700},
                                     128 * 1024};
  static constexpr pause_limit shared{std::chrono::milliseconds{100},
                                      16 * 1024 * 1024};

  /// The batches of one channel.
  class channel {
  public:
    /// Whether messages for the channel have to be dropped.
    bool is_bypassed() const noexcept {
      return bypassed_;
    }
    bool is_out() const noexcept {
      return out_;
    }
    bool was_used_lately(instant now) const noexcept {
      return used_ && now - last_used_ < lately;
    }

  private:
    friend reading_credit;
    std::size_t batches_ = 0;
    std::size_t bytes_ = 0;
    instant last_used_{};
    bool used_ = false;
    bool out_ = false; // whether the connection waits for the channel
    bool bypassed_ = false;
  };

  /// Notes that `size` bytes were read from the stream.
  void read(std::size_t size) noexcept;

  /// Notes that a batch of `size` bytes goes to the channel.
  /// @pre the channel is not bypassed
  void took(channel& x, std::size_t size, instant now) noexcept;

  /// Notes that the channel has answered a batch of `size` bytes, or that the
  /// batch was dropped.
  void answered(channel& x, std::size_t size, instant now) noexcept;

  /// Stops waiting for a channel: it is bypassed until it answers.
  void bypass(channel& x, instant now) noexcept;

  bool may_read() const noexcept {
    return out_ == 0;
  }

  /// Whether a pause has lasted too long.
  /// @param others whether more than one channel was used lately, not counting
  ///        the topology.
  bool is_too_long(bool others, instant now) const noexcept;

  /// The number of unanswered batches.
  std::size_t unanswered() const noexcept {
    return batches_;
  }

private:
  bool has_credit(const channel& x) const noexcept;
  void wait_no_more(channel& x, instant now) noexcept;

  std::size_t batches_ = 0;
  std::size_t bytes_ = 0;
  std::size_t out_ = 0;            // channels that the connection waits for
  instant paused_{};               // when the present pause began
  duration alone_ = alone.longest; // time left for pauses
  duration shared_ = shared.longest;
};

} // namespace cafmesh
