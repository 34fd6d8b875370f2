#pragma once

#include "tools/meshctl/command.hpp"

namespace meshctl {

/// All commands, in the order in which help lists them.
const commands& all_commands();

// Each function adds the commands of one source file. For example, `add_kv`
// adds those of kv.cpp.
void add_status(commands& to);
void add_mesh(commands& to);
void add_channels(commands& to);
void add_listen(commands& to);
void add_events(commands& to);
void add_kv(commands& to);
void add_kv_watch(commands& to);
void add_counters_and_sets(commands& to);
void add_actors(commands& to);
void add_paths(commands& to);
void add_top(commands& to);
void add_bench(commands& to);
void add_wait(commands& to);
void add_doctor(commands& to);
void add_shell(commands& to);

} // namespace meshctl
