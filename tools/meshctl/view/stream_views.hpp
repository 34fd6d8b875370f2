#pragma once

#include <string>

#include "tools/meshctl/http/event_parser.hpp"
#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

/// Renders events, messages and changes to values, as documents and as lines
/// for people.
namespace meshctl {

/// Makes a JSON document from an event of `/v1/events`.
json event_document(const server_event& x);

/// Renders an event as a line without a newline, such as
/// `connection_removed  peer 00:00:00:00:00:02  reason timed_out`.
std::string render_event(const json& document, const screen& to);

/// Makes a JSON document from a message of a channel; the data stays base64.
json message_document(const server_event& x);

/// The bytes of a message.
/// @throws failure if the data is not valid base64
std::string message_data(const json& document);

/// Renders a message as a line without a newline: sender, `to this node` or
/// `to all`, data.
std::string render_message(const json& document, const screen& to);

/// Makes a JSON document of this kind from an event about a value. The event
/// comes from `/v1/kv-events`, `/v1/counter-events` or `/v1/set-events`.
json change_document(const char* kind, const server_event& x);

/// Renders a change as a line without a newline. A snapshot has one line for
/// each key or element.
std::string render_change(const json& document, const screen& to);

} // namespace meshctl
