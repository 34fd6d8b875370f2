#include "tools/meshctl/command_line.hpp"
#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/view/manual.hpp"
#include "tools/meshctl/view/shell_completion.hpp"

namespace meshctl {

namespace {

void run_completion(session& on, const arguments& with) {
  auto shell = with.text("SHELL");
  if (shell != "bash" && shell != "zsh")
    throw failure{exit_code::usage, shell + " is not bash or zsh"};
  on.out().write(shell == "bash"
                   ? bash_completion(all_commands(), global_parameters())
                   : zsh_completion(all_commands(), global_parameters()));
}

void run_manual(session& on, const arguments&) {
  on.out().write(manual_page(all_commands(), global_parameters()));
}

} // namespace

void add_shell(commands& to) {
  to.push_back({"completion",
                "print a script that completes commands",
                {word("SHELL", "bash or zsh")},
                run_completion,
                "For example: eval \"$(meshctl completion bash)\""});
  to.push_back(
    {"manual", "print this manual page, for man -l -", {}, run_manual, {}});
}

} // namespace meshctl
