#include "actors/core/link/link.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <cafmesh/errc.hpp>
#include <cafmesh/gossiping.hpp>

namespace cafmesh {

namespace {

constexpr std::size_t usual_room = 256 * 1024;
constexpr std::size_t max_known_channels = 64;
// The number of channels of a batch that are found by linear search. All
// further channels are found with a map.
constexpr std::ptrdiff_t few_channels = 16;

bool is_for_overlays(wire::message_tag tag) {
  return tag == wire::message_tag::overlay_1
         || tag == wire::message_tag::overlay_2
         || tag == wire::message_tag::overlay_3
         || tag == wire::message_tag::overlay_control;
}

} // namespace

link::link(crypto::handshake_config config, const crypto::key_pair& keys,
           name_flavour flavour)
    : handshake_(std::make_unique<crypto::handshake>(std::move(config), keys)),
      envelopes_(flavour) {
  output_.append(handshake_->take_output());
}

// -- reading

link::room link::read_room() {
  if (consumed_ > 0) {
    std::copy(waiting().begin(), waiting().end(), input_->begin());
    filled_ -= consumed_;
    consumed_ = 0;
  }
  if (auto wanted = room_wanted(); wanted != input_->size())
    move_input(wanted);
  return {input_->data() + filled_, input_->size() - filled_};
}

std::size_t link::room_wanted() const noexcept {
  auto size = input_->empty() ? next_room_ : input_->size();
  if (waiting().size() == size) {
    // The block grows only as data arrives. So a remote cannot make us allocate
    // memory by announcing a large frame that it never sends.
    auto wanted = size * 2;
    return needed_ > size ? std::min(wanted, std::max(needed_, usual_room))
                          : wanted;
  }
  return was_full_ && size < usual_room ? size * 2 : size;
}

void link::move_input(std::size_t size) {
  // Removes the old, smaller block from the pool, because no block of its size
  // will be needed soon.
  if (size > input_->size())
    blocks_.forget(input_);
  auto next = blocks_.take(size);
  next_room_ = size;
  std::copy(waiting().begin(), waiting().end(), next->begin());
  filled_ -= consumed_;
  consumed_ = 0;
  input_ = std::move(next);
}

caf::error link::received(std::size_t size, link_intake& out) {
  was_full_ = size > 0 && filled_ + size == input_->size();
  filled_ += size;
  most_read_ = std::max(most_read_, filled_);
  reads_since_heartbeat_ = std::min(reads_since_heartbeat_ + 1, few_reads);
  if (!agreed_) {
    if (auto err = run_handshake())
      return err;
  }
  if (open_)
    return read_frames(out);
  if (input_is_useless())
    release_input();
  return {};
}

void link::received_nothing() {
  if (!input_is_useless())
    return;
  input_ = no_input_;
  filled_ = consumed_ = 0;
}

caf::error link::run_handshake() {
  auto taken = handshake_->feed(waiting());
  output_.append(handshake_->take_output());
  if (!taken)
    return std::move(taken.error());
  consumed_ += *taken;
  if (handshake_->current_stage() == crypto::handshake::stage::done) {
    agreed_ = handshake_->take_result();
    handshake_.reset();
  }
  return {};
}

caf::error link::read_frames(link_intake& out) {
  by_name_.clear();
  needed_ = 0;
  batch current;
  // If the waiting bytes fill enough of the input block, their messages stay in
  // it, which saves a copy. Otherwise, the messages are copied, so that a
  // little data does not keep a large block in memory.
  current.in_input = may_hand_over_input() && !agreed_->first_message;
  if (current.in_input)
    current.block = input_;
  caf::error failure;
  if (auto early = std::exchange(agreed_->first_message, std::nullopt)) {
    current.block = blocks_.take(early->size() + waiting().size());
    current.used = early->size();
    std::copy(early->begin(), early->end(), current.block->begin());
    failure = read_message(current.block->data(), 0, early->size(), out);
  }
  while (!failure) {
    auto frame =
      wire::scan_frame(agreed_->framing, waiting(), wire::max_frame_size);
    if (frame.status == wire::frame_status::incomplete) {
      needed_ = frame.needed;
      break;
    }
    failure = read_frame(frame, current, out);
  }
  // The block is handed over even after a failure, because it contains the
  // messages that were read before the failure.
  auto is_handed_over = current.in_input && !out.channels.empty();
  if (!out.channels.empty())
    out.block = payload{current.block, current.used};
  if (is_handed_over && !waiting().empty())
    move_input(input_->size());
  else if (is_handed_over || input_is_useless())
    release_input();
  return failure;
}

// Releases the input block, so that the next read takes another one. In a
// process with many nodes, large blocks of idle connections would take much
// memory.
void link::release_input() {
  // If less than half of this block was filled, the next block is half as
  // large. Above `usual_room`, halving would take too many reads, so the next
  // block has at once the size that was filled, or `usual_room`.
  if (filled_ < next_room_ / 2)
    next_room_ = std::max(next_room_ / 2, first_room);
  next_room_ = std::min(next_room_, std::max(filled_, usual_room));
  input_ = no_input_;
  filled_ = consumed_ = 0;
}

// Whether to give up the input block. A block without data is useless unless it
// is small and often used. Taking another small block for each read would cost
// more than reading a small message.
bool link::input_is_useless() const noexcept {
  return waiting().empty() && !input_->empty()
         && (input_->size() >= buffer_pool::least_size
             || reads_since_heartbeat_ < few_reads);
}

caf::error link::read_frame(const wire::frame_scan& frame, batch& to,
                            link_intake& out) {
  if (!is_sound(frame))
    return why_unsound(frame);
  auto overhead = overhead_from_remote();
  auto size = frame.content.size() - overhead;
  if (to.in_input)
    to.used = static_cast<std::size_t>(frame.content.data() - to.block->data())
              + overhead;
  else if (!to.block)
    to.block = blocks_.take(waiting().size()); // enough for the whole batch
  auto offset = to.used;
  if (!open_frame(frame.content, to.block->data() + offset))
    return make_error(errc::cannot_open,
                      "frame "
                        + std::to_string(agreed_->from_remote->sequence())
                        + " is damaged or sealed with another key");
  consumed_ += frame.consumed;
  to.used += size;
  return read_message(to.block->data(), offset, size, out);
}

bool link::may_hand_over_input() const noexcept {
  return waiting().size() >= buffer_pool::least_size
         && waiting().size() >= input_->size() / 4;
}

caf::error link::why_unsound(const wire::frame_scan& frame) {
  if (frame.status == wire::frame_status::too_large)
    return make_error(errc::too_large, "frame over the limit of "
                                         + std::to_string(wire::max_frame_size)
                                         + " bytes");
  if (frame.status == wire::frame_status::malformed)
    return make_error(errc::malformed, "no frame starts like this");
  return make_error(errc::cannot_open, "frame too short to be sealed");
}

bool link::open_frame(byte_view content, std::uint8_t* plain) {
  if (agreed_->from_remote)
    return agreed_->from_remote->open(content.data(), content.size(), plain);
  if (plain != content.data())
    std::copy(content.begin(), content.end(), plain);
  return true;
}

caf::error link::read_message(const std::uint8_t* block, std::size_t offset,
                              std::size_t size, link_intake& out) {
  ++out.frames;
  if (size == 0)
    return {};
  auto message = byte_view{block + offset, size};
  auto tag = static_cast<wire::message_tag>(message[0]);
  switch (tag) {
  case wire::message_tag::heartbeat:
    ++out.heartbeats;
    return {};
  case wire::message_tag::overlay_1:
  case wire::message_tag::overlay_2:
  case wire::message_tag::overlay_3:
  case wire::message_tag::overlay_control:
    if (has_overlay_)
      out.overlay.push_back({tag, payload::copy_of(message.sub(1))});
    else
      ++out.ignored_overlay;
    return {};
  case wire::message_tag::gossip:
  case wire::message_tag::unicast:
  case wire::message_tag::broadcast: {
    wire::envelope x;
    if (!envelopes_.read(message, x))
      return make_error(errc::malformed, "message with tag "
                                           + std::to_string(message[0])
                                           + " does not decode");
    if (x.channel.size() > max_channel_name_size) {
      ++out.ignored_channels;
      return {};
    }
    delivery d;
    d.tag = tag;
    d.source = x.source;
    d.destination = x.destination;
    d.message_offset = static_cast<std::uint32_t>(offset);
    d.message_size = static_cast<std::uint32_t>(size);
    d.data_offset = static_cast<std::uint32_t>(
      x.data.empty() ? offset + size
                     : static_cast<std::size_t>(x.data.data() - block));
    d.data_size = static_cast<std::uint32_t>(x.data.size());
    deliveries_for(x.channel, out).messages.push_back(d);
    return {};
  }
  case wire::message_tag::hold:
    if (auto x = wire::read_hold(message.sub(1))) {
      out.holds.push_back({name_of(x->channel), x->on});
      return {};
    }
    break;
  }
  ++out.unknown_tags;
  return {};
}

channel_deliveries& link::deliveries_for(std::string_view channel,
                                         link_intake& out) {
  auto& xs = out.channels;
  if (!xs.empty() && *xs.back().channel == channel)
    return xs.back();
  auto same = [&](const channel_deliveries& x) {
    return *x.channel == channel;
  };
  auto few = std::min(static_cast<std::ptrdiff_t>(xs.size()), few_channels);
  auto found = std::find_if(xs.begin(), xs.begin() + few, same);
  if (found != xs.begin() + few)
    return *found;
  // The map keeps the search fast even if each message names a different
  // channel.
  if (auto i = by_name_.find(channel); i != by_name_.end())
    return xs[i->second];
  xs.push_back({name_of(channel), {}});
  if (static_cast<std::ptrdiff_t>(xs.size()) > few_channels)
    by_name_.emplace(*xs.back().channel, xs.size() - 1);
  return xs.back();
}

channel_name link::name_of(std::string_view channel) {
  auto same = [&](const channel_name& x) {
    return *x == channel;
  };
  auto known =
    std::find_if(known_channels_.begin(), known_channels_.end(), same);
  if (known != known_channels_.end())
    return *known;
  auto name = std::make_shared<const std::string>(channel);
  if (known_channels_.size() < max_known_channels)
    known_channels_.push_back(name);
  return name;
}

// -- writing

bool link::put_frame(byte_view head, byte_view body) {
  auto plain_size = head.size() + body.size();
  auto size = plain_size + (encrypted() ? crypto::seal_overhead : 0);
  if (size > wire::max_frame_size)
    return false;
  std::uint8_t header[wire::max_frame_header];
  const auto* end = wire::write_frame_header(agreed_->framing, size, header);
  auto* to = output_.extend(static_cast<std::size_t>(end - header) + size);
  to = std::copy(static_cast<const std::uint8_t*>(header), end, to);
  if (encrypted()) {
    agreed_->to_remote->seal(head, body, to);
  } else {
    to = std::copy(head.begin(), head.end(), to);
    std::copy(body.begin(), body.end(), to);
  }
  ++frames_out_;
  return true;
}

caf::error link::send(const std::string& channel, const outgoing& x) {
  const auto head = x.relayed ? byte_view{} : head_.of(channel, x);
  if (put_frame(head, x.data.view()))
    return {};
  return make_error(errc::too_large,
                    "message of " + std::to_string(head.size() + x.data.size())
                      + " bytes, a frame holds "
                      + std::to_string(wire::max_frame_size));
}

void link::send_heartbeat() {
  const auto tag = static_cast<std::uint8_t>(wire::message_tag::heartbeat);
  put_frame({&tag, 1}, {});
  shrink();
}

// Frees memory that the link keeps only for reuse, and shrinks its buffers to
// what was needed since the last heartbeat. Only `send_heartbeat` calls this,
// because freeing and allocating memory for each batch would cost more than the
// batch itself.
void link::shrink() {
  blocks_.clear();
  envelopes_.forget();
  head_.forget();
  reads_since_heartbeat_ = 0;
  if (input_is_useless())
    release_input();
  next_room_ = std::min(next_room_, std::max(most_read_, first_room));
  output_.relax();
  most_read_ = 0;
}

void link::send_blank() {
  put_frame({}, {});
}

void link::send_hold(const wire::hold& x) {
  bytes message{static_cast<std::uint8_t>(wire::message_tag::hold)};
  wire::append_hold(message, x);
  put_frame(message, {});
}

caf::error link::send_overlay(wire::message_tag tag, byte_view data) {
  // With any other tag, the remote would mistake the message for a message of
  // the mesh itself.
  if (!is_for_overlays(tag))
    return make_error(errc::malformed, "tag "
                                         + std::to_string(static_cast<int>(tag))
                                         + " is not for overlays");
  const auto first = static_cast<std::uint8_t>(tag);
  if (put_frame({&first, 1}, data))
    return {};
  return make_error(errc::too_large, "overlay message of "
                                       + std::to_string(data.size())
                                       + " bytes");
}

} // namespace cafmesh
