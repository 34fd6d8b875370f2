#include "tools/meshd/process/life_record.hpp"

#include <utility>

#include "tools/meshd/mesh/dates.hpp"

namespace meshd {

namespace {

constexpr char file[] = "lives";
// Several times the maximum size of the text of `lives`.
constexpr std::size_t largest_file = 64 * 1024;

auto now() {
  return std::chrono::system_clock::now();
}

} // namespace

life_record::life_record(const state_folder& state, cafmesh::log_sink_ptr log)
    : state_(state), log_(std::move(log)) {
  auto content = state.content(file, largest_file);
  if (auto found = content ? lives::parse(*content) : std::nullopt)
    all_ = std::move(*found);
  else
    set_damaged_aside();
  if (!all_.all().empty() && all_.all().back().end == life_end::unclean)
    warn(
      "the last life of this node, which began at "
      + date_of(all_.all().back().began)
      + ", noted no end: it was killed or crashed, the machine lost power, or "
        "its end could not be written");
}

life_record::~life_record() {
  if (!has_begun_)
    return;
  all_.end(end_, now());
  write();
}

void life_record::begin(cafmesh::peer_uid uid) {
  all_.begin(uid, now());
  has_begun_ = true;
  write();
}

void life_record::warn(const std::string& text) const {
  log_->write(cafmesh::log_level::warning, text);
}

void life_record::set_damaged_aside() {
  auto there = state_.path(file);
  auto aside = state_.set_aside(file);
  is_kept_ = !aside.empty();
  warn(there
       + (is_kept_ ? " is damaged and kept as " + aside
                       + "; the history of this node's lives begins anew"
                   : " is damaged and cannot be renamed, so this node's "
                     "lives are not noted"));
}

void life_record::write() const {
  if (!is_kept_)
    return;
  if (auto wrong = state_.write(file, all_.text()); !wrong.empty())
    warn("this node's lives are not noted: " + wrong);
}

} // namespace meshd
