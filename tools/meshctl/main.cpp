#include <cstdlib>
#include <iostream>

#include "tools/meshctl/command_line.hpp"
#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/interrupt.hpp"

// The program meshctl: runs one command and reports how it ended.
namespace {

using namespace meshctl;

void explain(const std::string& text, const std::string& advice) {
  auto has_utf8 = output{}.current_screen().has_utf8;
  std::cerr << "meshctl: " << visible(text, has_utf8) << '\n';
  if (!advice.empty())
    std::cerr << visible(advice, has_utf8) << '\n';
}

int run(int argc, const char* const* argv) {
  auto what = parse_command_line(all_commands(), argc, argv);
  session work{what.options};
  if (what.what)
    what.what->run(work, what.with);
  else
    work.out().write(what.text);
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  handle_signals();
  try {
    return run(argc, argv);
  } catch (const failure& x) {
    explain(x.what(), x.advice());
    return static_cast<int>(x.code());
  } catch (const interrupted&) {
    return static_cast<int>(exit_code::interrupted);
  } catch (const output_closed&) {
    return EXIT_SUCCESS;
  } catch (const json::exception& x) {
    explain(std::string{"unexpected answer: "} + x.what(),
            "Do meshd and meshctl have the same version?");
  } catch (const std::exception& x) {
    explain(x.what(), {});
  }
  return static_cast<int>(exit_code::failed);
}
