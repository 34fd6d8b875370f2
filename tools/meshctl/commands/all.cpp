#include "tools/meshctl/commands/all.hpp"

namespace meshctl {

const commands& all_commands() {
  static const commands all = [] {
    commands result;
    for (auto add :
         {add_status, add_mesh, add_channels, add_listen, add_events, add_kv,
          add_kv_watch, add_counters_and_sets, add_actors, add_paths, add_top,
          add_bench, add_wait, add_doctor, add_shell})
      add(result);
    return result;
  }();
  return all;
}

} // namespace meshctl
