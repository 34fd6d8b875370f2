#pragma once

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

namespace http {

/// Reads a token from the first line of a file, for servers and clients. Blanks
/// at the end of the line are ignored. The token must be visible ASCII without
/// blanks, because it is sent in a header.
/// @returns what is wrong; empty if nothing is
inline std::string read_token_file(const std::string& path,
                                   std::string& token) {
  errno = 0;
  std::ifstream in{path};
  if (!in || !std::getline(in, token))
    return "cannot read a token from " + path + ": "
           + (errno ? std::strerror(errno) : "the file is empty");
  token.erase(token.find_last_not_of(" \t\r") + 1);
  auto is_visible = [](char x) {
    return x > ' ' && x < 0x7f;
  };
  if (token.empty())
    return "the first line of " + path + " is empty, but should be a token";
  if (!std::all_of(token.begin(), token.end(), is_visible))
    return "the token in " + path
           + " has a blank or a character that is not of ASCII; `openssl rand "
             "-hex 16` makes one";
  return {};
}

} // namespace http
