#pragma once

#include <cafmesh/log.hpp>

#include "tools/meshd/mesh/lives.hpp"
#include "tools/meshd/process/state_folder.hpp"

namespace meshd {

/// Keeps the lives of this peer in a file of the state folder. The destructor
/// notes the end of the present life, so this object must outlive all objects
/// that store the node's data. If the file cannot be read or written, that is
/// logged, and the node goes on.
class life_record {
public:
  /// @param state must be open and outlive this object
  life_record(const state_folder& state, cafmesh::log_sink_ptr log);
  ~life_record();
  life_record(const life_record&) = delete;
  life_record& operator=(const life_record&) = delete;

  const lives& all() const {
    return all_;
  }

  void begin(cafmesh::peer_uid uid);
  /// Sets how the current life ends. Without a call, it counts as failed.
  void ends(life_end how) {
    end_ = how;
  }

private:
  void warn(const std::string& text) const;
  void set_damaged_aside();
  void write() const;

  const state_folder& state_;
  cafmesh::log_sink_ptr log_;
  lives all_;
  life_end end_ = life_end::failed;
  bool has_begun_ = false;
  bool is_kept_ = true; // whether the file may be replaced
};

} // namespace meshd
