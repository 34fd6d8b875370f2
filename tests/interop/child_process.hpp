#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace cafmesh::test {

/// A child process. It is killed when this object is destroyed, or when the
/// thread that created this object ends.
class child_process {
public:
  enum class error_output { inherited, with_output };

  /// @param command the program's path and its arguments
  /// @param on_line is called on a thread of its own with each line of output,
  ///        and with null after the last line
  /// @throws std::system_error if the process cannot be started
  child_process(std::vector<std::string> command,
                std::function<void(const std::string*)> on_line,
                error_output errors = error_output::inherited);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  /// Kills the process and waits for its end.
  ~child_process();

  /// Writes all of the text to the process's standard input.
  /// @throws std::system_error if the process has closed it
  void write(const std::string& text);

  void end_input();

  void send_signal(int number);

  /// Stops all threads of the process, and returns once they have stopped.
  void suspend();

  /// Lets the threads of a suspended process run again.
  void resume();

  pid_t pid() const noexcept {
    return pid_;
  }

  /// Waits for the end of the process and of its output.
  /// @returns its exit status, or 128 plus the number of the signal that ended
  ///          it
  int wait();

private:
  void read_lines(int fd);

  std::function<void(const std::string*)> on_line_;
  pid_t pid_ = -1;
  int status_ = 0;
  int control_ = -1;
  std::thread reader_;
};

} // namespace cafmesh::test
