#include "tools/meshctl/view/shell_completion.hpp"

#include <map>

namespace meshctl {

namespace {

void append(std::string& to, const std::string& word) {
  if ((" " + to + " ").find(" " + word + " ") == to.npos)
    to += (to.empty() ? "" : " ") + word;
}

// Maps what the user has typed so far to the words that may follow. The empty
// text maps to all first words, `kv` to its second words, and `kv get` to the
// options of that command.
std::map<std::string, std::string> following(const commands& all) {
  std::map<std::string, std::string> result;
  for (const auto& x : all) {
    auto space = x.name.find(' ');
    auto first = x.name.substr(0, space);
    append(result[""], first);
    if (space != x.name.npos)
      append(result[first], x.name.substr(space + 1));
    auto& options = result[x.name];
    for (const auto& each : x.parameters)
      if (!each.is_word())
        append(options, each.name);
  }
  return result;
}

// A shell pattern that matches all options with a value. The script skips the
// word after such an option.
std::string with_values(const commands& all,
                        const std::vector<parameter>& globals) {
  std::string result;
  for (const auto& x : globals)
    if (!x.is_flag())
      append(result, x.name);
  for (const auto& x : all)
    for (const auto& each : x.parameters)
      if (!each.is_word() && !each.is_flag())
        append(result, each.name);
  for (std::size_t i; (i = result.find(' ')) != result.npos;)
    result[i] = '|';
  return result;
}

std::string names(const std::vector<parameter>& xs) {
  std::string result;
  for (const auto& x : xs)
    append(result, x.name);
  return result;
}

} // namespace

std::string bash_completion(const commands& all,
                            const std::vector<parameter>& globals) {
  auto cases = std::string{};
  for (const auto& [command, options] : following(all))
    cases += "    '" + command + "') words='" + options + "' ;;\n";
  return R"(_meshctl() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  local first= second= word words i
  case $previous in
    --token-file|--ca-file)
      COMPREPLY=($(compgen -f -- "$current"))
      return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      )" + with_values(all, globals)
         + R"() ((i++)) ;;
      -*) ;;
      *)
        if [ -z "$first" ]; then first=$word
        elif [ -z "$second" ]; then second=$word; fi ;;
    esac
  done
  case $first in
    kv|set) first=$first${second:+ $second} ;;
  esac
  case $first in
)" + cases
         + "  esac\n  COMPREPLY=($(compgen -W \"$words --help " + names(globals)
         + R"(" -- "$current"))
}
complete -F _meshctl meshctl
)";
}

std::string zsh_completion(const commands& all,
                           const std::vector<parameter>& globals) {
  return "(( $+functions[compdef] )) || { autoload -U +X compinit && "
         "compinit; }\n"
         "autoload -U +X bashcompinit && bashcompinit\n"
         + bash_completion(all, globals);
}

} // namespace meshctl
