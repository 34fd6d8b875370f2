#include "tools/meshctl/view/stream_views.hpp"

#include <vector>

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/text/encodings.hpp"

namespace meshctl {

namespace {

// The text of a value in an event. A peer is a name, or an object with name and
// nickname.
std::string value_text(const json& x) {
  if (x.is_string())
    return x.get<std::string>();
  if (x.is_object() && x.contains("name")) {
    auto nickname = text_or_empty(x, "nickname");
    return text_or_empty(x, "name")
           + (nickname.empty() ? "" : "(" + nickname + ")");
  }
  return to_line(x);
}

std::string snapshot_text(const json& data) {
  std::string result;
  if (data.is_object() && data.contains("peers"))
    for (const auto& x : data.at("peers"))
      result += " " + value_text(x);
  return result;
}

std::string decoded_value(const json& x) {
  auto result = from_base64(text_or_empty(x, "value"));
  if (!result)
    throw failure{exit_code::failed, "meshd has sent invalid base64"};
  return *result;
}

std::string key_text(const json& entry) {
  return text_or_empty(entry, "key") + "  " + text_or_empty(entry, "etag");
}

/// The contents of a snapshot of keys, of a set or of a counter.
std::vector<std::string> contents(const json& snapshot) {
  std::vector<std::string> result;
  if (snapshot.contains("entries"))
    for (const auto& x : snapshot.at("entries"))
      result.push_back("has     " + key_text(x));
  if (snapshot.contains("elements"))
    for (const auto& x : snapshot.at("elements"))
      result.push_back("has     " + value_text(x));
  if (snapshot.contains("value"))
    result.push_back(value_text(snapshot.at("value")));
  return result;
}

std::string visible_lines(const std::vector<std::string>& xs,
                          const screen& to) {
  std::string result;
  for (const auto& x : xs)
    result += (result.empty() ? "" : "\n") + visible(x, to.has_utf8);
  return result;
}

} // namespace

json event_document(const server_event& x) {
  auto result = document("event");
  result["id"] = x.id;
  result["event"] = x.type;
  result["data"] = parse_answer(x.data);
  return result;
}

std::string render_event(const json& document, const screen& to) {
  auto type = document.at("event").get<std::string>();
  const auto& data = document.at("data");
  auto text = type + " ";
  if (type == "snapshot")
    text += snapshot_text(data);
  else if (data.is_object())
    for (const auto& x : data.items())
      text += " " + x.key() + " " + value_text(x.value()) + " ";
  text.erase(text.find_last_not_of(' ') + 1);
  return visible(text, to.has_utf8);
}

json message_document(const server_event& x) {
  auto result = document("message");
  result["id"] = x.id;
  result.update(pick(parse_answer(x.data), {"from", "unicast", "data"}));
  return result;
}

std::string message_data(const json& document) {
  auto result = from_base64(text_or_empty(document, "data"));
  if (!result)
    throw failure{exit_code::failed, "meshd has sent invalid base64"};
  return *result;
}

std::string render_message(const json& document, const screen& to) {
  return visible(document.at("from").get<std::string>(), to.has_utf8)
         + (document.at("unicast").get<bool>() ? "  to this node  "
                                               : "  to all  ")
         + visible(message_data(document), to.has_utf8);
}

json change_document(const char* kind, const server_event& x) {
  auto result = document(kind);
  result["id"] = x.id;
  result["change"] = x.type;
  result.update(parse_answer(x.data));
  return result;
}

std::string render_change(const json& document, const screen& to) {
  auto change = text_or_empty(document, "change");
  if (change == "snapshot")
    return visible_lines(contents(document), to);
  if (change == "put")
    return visible("put     " + key_text(document) + "  "
                     + decoded_value(document),
                   to.has_utf8);
  if (change == "delete")
    return visible("delete  " + text_or_empty(document, "key"), to.has_utf8);
  if (change == "add" || change == "remove")
    return visible((change == "add" ? "add     " : "remove  ")
                     + text_or_empty(document, "element"),
                   to.has_utf8);
  if (change == "change" && document.contains("value"))
    return visible(value_text(document.at("value")), to.has_utf8);
  return visible(change, to.has_utf8);
}

} // namespace meshctl
