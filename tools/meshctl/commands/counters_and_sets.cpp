#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/commands/changes.hpp"
#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/paging.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/text/encodings.hpp"

// The commands about replicated values: `counter` and `set`.
namespace meshctl {

namespace {

std::string set_path(const arguments& with) {
  return "/v1/sets/" + percent_encoded(with.text("NAME"));
}

std::string element_path(const arguments& with) {
  return set_path(with) + "/" + percent_encoded(with.text("ELEMENT"), "/");
}

std::string render_names(const json& x, const screen& to) {
  std::string result;
  for (const auto& each : x.at("names"))
    result += visible(each.get<std::string>(), to.has_utf8) + "\n";
  return result;
}

/// @param kind `counters` or `sets`
void list_names(session& on, const arguments& with, const std::string& kind) {
  auto result = document("names");
  result["names"] =
    read_pages(on.meshd(), "/v1/" + kind, kind.c_str(), with, UINT64_MAX).items;
  on.show(result, render_names);
}

/// The counter at `path`, after the change that `--add` asks for.
json value_at(const std::string& path, session& on, const arguments& with) {
  if (!with.has("--add"))
    return on.meshd().get(path);
  const json change = {{"add", with.number("--add", 0)}};
  return parse_answer(on.meshd().post(path, change).body);
}

void run_counter(session& on, const arguments& with) {
  if (with.has("--count") && !with.has("--watch"))
    throw failure{exit_code::usage, "--count needs --watch"};
  if (!with.has("NAME") && (with.has("--add") || with.has("--watch")))
    throw failure{exit_code::usage, "--add and --watch need a NAME"};
  if (!with.has("NAME"))
    return list_names(on, with, "counters");
  auto name = with.text("NAME");
  auto encoded = percent_encoded(name);
  auto path = "/v1/counters/" + encoded;
  auto answer = value_at(path, on, with);
  if (with.has("--watch"))
    return print_changes(on, "/v1/counter-events/" + encoded, "counter_change",
                         with.number("--count", 0));
  auto result = document("counter");
  result["name"] = name;
  result.update(pick(answer, {"value"}));
  on.show(result, to_line(result["value"]));
}

std::string render_elements(const json& x, const screen& to) {
  std::string result;
  for (const auto& each : x.at("elements"))
    result += visible(each.get<std::string>(), to.has_utf8) + "\n";
  return result;
}

void run_set_list(session& on, const arguments& with) {
  if (!with.has("NAME"))
    return list_names(on, with, "sets");
  auto result = document("set");
  result["name"] = with.text("NAME");
  result["elements"] = json::array();
  json next = "";
  while (next.is_string()) {
    auto page = on.meshd().get(set_path(with) + "?limit=1000&after="
                               + percent_encoded(next.get<std::string>()));
    auto part = pick(page, {"elements"});
    for (const auto& x : part.at("elements"))
      result["elements"].push_back(x);
    auto last = std::exchange(next, page.value("next", json{}));
    if (next == last)
      break;
  }
  on.show(result, render_elements);
}

void run_set_watch(session& on, const arguments& with) {
  print_changes(on, "/v1/set-events/" + percent_encoded(with.text("NAME")),
                "set_change", with.number("--count", 0));
}

void change_set(session& on, const arguments& with, const char* method,
                bool has) {
  on.meshd().call({method, element_path(with), {}, {}});
  auto result = document("set_element");
  result["name"] = with.text("NAME");
  result["element"] = with.text("ELEMENT");
  result["has"] = has;
  on.show(result, has ? "Added." : "Removed.");
}

void run_set_add(session& on, const arguments& with) {
  change_set(on, with, "PUT", true);
}

// Reads the element first, because the API reports no error if an element to
// remove is missing. An error tells users that they have mistyped the element.
void run_set_remove(session& on, const arguments& with) {
  on.meshd().call({"GET", element_path(with), {}, {}});
  change_set(on, with, "DELETE", false);
}

} // namespace

void add_counters_and_sets(commands& to) {
  const auto name = word("NAME", "the name of the set");
  const auto count = option("--count", "N", "end after this many changes");
  to.push_back({"counter",
                "print a counter, or add to it",
                {optional_word("NAME", "the name of the counter; if absent, "
                                       "lists those that the node holds"),
                 option("--add", "N", "add this first"),
                 flag("--watch", "go on and print each new value"), count},
                run_counter,
                "The first request for a counter or a set makes a replica on "
                "the node, which takes 0.3 s."});
  to.push_back({"set list",
                "print the elements of a set, each on a line",
                {optional_word("NAME", "the name of the set; if absent, lists "
                                       "those that the node holds")},
                run_set_list,
                {}});
  to.push_back({"set add",
                "add an element",
                {name, word("ELEMENT", "the element")},
                run_set_add,
                {}});
  to.push_back({"set remove",
                "remove an element",
                {name, word("ELEMENT", "the element")},
                run_set_remove,
                "Fails if this node knows no such element. An addition on "
                "another node at the same time survives."});
  to.push_back({"set watch",
                "print changes of a set as they happen",
                {name, count},
                run_set_watch,
                "First come the elements that it has. They do not count for "
                "--count."});
}

} // namespace meshctl
