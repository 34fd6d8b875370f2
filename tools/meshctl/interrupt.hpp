#pragma once

/// How Ctrl-C and SIGTERM end a command.
namespace meshctl {

/// Makes SIGINT and SIGTERM end the command cleanly, and makes a write to a
/// closed pipe fail instead of killing the process.
void handle_signals();

/// A descriptor that becomes readable, and stays so, once the user has asked
/// the program to end.
int interrupt_descriptor();

/// Forgets that the user has pressed Ctrl-C or sent SIGTERM, so that requests
/// to clean up can still be sent.
void clear_interrupt();

bool is_interrupted();

} // namespace meshctl
