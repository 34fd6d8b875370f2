#include "tools/meshctl/command.hpp"

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/text/units.hpp"

namespace meshctl {

std::optional<std::string> arguments::maybe(const std::string& name) const {
  auto i = values_.find(name);
  if (i == values_.end() || i->second.empty())
    return std::nullopt;
  return i->second.front();
}

std::vector<std::string> arguments::all(const std::string& name) const {
  auto i = values_.find(name);
  return i == values_.end() ? std::vector<std::string>{} : i->second;
}

std::uint64_t arguments::number(const std::string& name,
                                std::uint64_t otherwise,
                                std::uint64_t most) const {
  auto text = maybe(name);
  if (!text)
    return otherwise;
  auto is_number = !text->empty() && text->size() < 19
                   && text->find_first_not_of("0123456789") == text->npos;
  auto result = is_number ? std::stoull(*text) : 0;
  if (!is_number || result > most)
    throw failure{exit_code::usage, name + ": " + *text
                                      + " is not a number up to "
                                      + std::to_string(most)};
  return result;
}

std::chrono::milliseconds
arguments::time(const std::string& name,
                std::chrono::milliseconds otherwise) const {
  auto text = maybe(name);
  if (!text)
    return otherwise;
  auto result = parse_time(*text);
  if (!result)
    throw failure{exit_code::usage, name + ": " + *text + " is not a time",
                  "Times are written as 30s, 500ms or 2m."};
  return *result;
}

} // namespace meshctl
