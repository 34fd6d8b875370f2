#pragma once

#include <cstddef>
#include <cstdint>

#include <cafmesh/instant.hpp>

namespace cafmesh {

/// Decides when a connection pauses reading because a channel processes its
/// messages slowly. A pause slows the senders of this channel, but also delays
/// all other channels of the connection, which share one stream.
///
/// A connection hands messages to channels in batches. The credit of a channel
/// is the number of unanswered batches that it may have: `few_batches`, or more
/// while the batches are small. While a channel is out of credit, the
/// connection pauses. Each byte read earns a little more time for pauses. Once
/// this time is used up, the channel is bypassed: its messages are dropped
/// until it answers. The limit on pauses is `alone` if no channel but this one
/// and the topology's is in use, and the stricter `shared` if others are in
/// use.
///
/// If other channels were used lately and the remote understands holds, the
/// connection reads on and asks the remote to send nothing for the slow channel
/// (a hold). The connection then pauses only when the unanswered batches of the
/// channel reach `overdraft`, or when those of all channels reach `many_bytes`.
/// If no other channel was used lately, a pause costs less than a hold, so the
/// connection pauses.
class reading_credit {
public:
  static constexpr std::size_t few_batches = 4;
  static constexpr std::size_t most_batches = 64;
  /// If a channel's unanswered batches exceed this number of bytes, the channel
  /// has credit for no more than `few_batches`.
  static constexpr std::size_t few_bytes = 256 * 1024;
  /// If the unanswered batches of all channels exceed this number of bytes,
  /// each channel has credit for only one batch.
  static constexpr std::size_t many_bytes = 8 * 1024 * 1024;

  struct room {
    std::size_t batches;
    std::size_t bytes;
  };
  /// The limit on the unanswered batches of a held channel. It leaves room for
  /// what the remote sends before it learns of the hold.
  static constexpr room overdraft{1024, 4 * 1024 * 1024};

  /// After a channel has been given a batch, it counts as used for this long.
  static constexpr duration recent_use = std::chrono::seconds{10};
  /// How often to call `is_too_long` during a pause.
  static constexpr duration check_interval = std::chrono::milliseconds{10};

  struct pause_limit {
    /// The longest pause. For `alone`, it is longer than `patience_for_relays`.
    /// So if the channel waits for a neighbour that takes no data, the channel
    /// can drop its relayed unicasts and answer before the pause ends.
    duration longest;
    std::size_t least_rate; ///< bytes per second, on average
  };
  static constexpr pause_limit alone{std::chrono::milliseconds{700},
                                     128 * 1024};
  static constexpr pause_limit shared{std::chrono::milliseconds{100},
                                      16 * 1024 * 1024};

  /// One channel's unanswered batches, and how the connection treats it.
  class channel {
  public:
    channel() = default;
    /// The topology's channel. It is never held, and does not count as used.
    static channel of_topology() {
      channel result;
      result.is_topology_ = true;
      return result;
    }

    /// Whether messages for the channel have to be dropped until it answers.
    bool is_bypassed() const noexcept {
      return bypassed_;
    }
    bool is_out_of_credit() const noexcept {
      return out_of_credit_;
    }
    /// Whether the remote has been asked to send nothing for the channel.
    bool is_held() const noexcept {
      return held_;
    }
    /// Whether the connection pauses reading because of the channel.
    bool is_waited_for() const noexcept {
      return waited_for_;
    }

  private:
    friend reading_credit;
    std::size_t batches_ = 0;
    std::size_t bytes_ = 0;
    bool is_topology_ = false;
    bool out_of_credit_ = false;
    bool held_ = false;
    bool waited_for_ = false;
    bool bypassed_ = false;
  };

  /// To be called if the remote can be asked to hold channels.
  void remote_takes_holds() noexcept {
    remote_takes_holds_ = true;
  }

  /// Notes that `size` bytes were read, which earns time for pauses.
  void read(std::size_t size) noexcept;

  /// Notes that a batch of `size` bytes goes to the channel.
  /// @pre the channel is not bypassed
  /// @returns whether to ask the remote to send nothing for the channel
  bool batch_sent(channel& x, std::size_t size, instant now) noexcept;

  /// Notes that the channel has answered a batch of `size` bytes, or that such
  /// a batch was dropped.
  /// @returns whether to tell the remote that it may send for the channel again
  bool answered(channel& x, std::size_t size, instant now) noexcept;

  /// Stops pausing for a channel. From now on, the caller drops the channel's
  /// messages until the channel answers.
  void bypass(channel& x, instant now) noexcept;

  bool may_read() const noexcept {
    return waiting_channels_ == 0;
  }

  bool is_too_long(instant now) const noexcept;

  std::size_t unanswered() const noexcept {
    return batches_;
  }

private:
  bool has_credit(const channel& x) const noexcept;
  bool has_overdraft(const channel& x) const noexcept;
  bool others_were_used(instant now) const noexcept;
  void note_use(const channel& x, instant now) noexcept;
  void wait_no_more(channel& x, instant now) noexcept;

  std::size_t batches_ = 0;
  std::size_t bytes_ = 0;
  bool remote_takes_holds_ = false;
  // The channel that was used last. The pointer is only compared, because the
  // channel may have been destroyed.
  const channel* last_used_ = nullptr;
  instant used_at_{};
  bool other_was_used_ = false;      // whether another channel was used before
  instant other_used_{};             // when that other channel was last used
  std::size_t waiting_channels_ = 0; // channels that the connection pauses for
  instant paused_{};                 // when the present pause began
  // The time left for pauses under each limit.
  duration alone_left_ = alone.longest;
  duration shared_left_ = shared.longest;
};

} // namespace cafmesh
