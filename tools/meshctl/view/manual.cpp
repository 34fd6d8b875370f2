#include "tools/meshctl/view/manual.hpp"

namespace meshctl {

namespace {

// Escapes what roff would interpret: a dot or a quote at the beginning, and
// backslashes and hyphens anywhere.
std::string roff(const std::string& text) {
  std::string result =
    !text.empty() && (text[0] == '.' || text[0] == '\'') ? "\\&" : "";
  for (auto x : text) {
    if (x == '\\')
      result += "\\e";
    else if (x == '-')
      result += "\\-";
    else
      result += x;
  }
  return result;
}

std::string bold(const std::string& text) {
  return "\\fB" + roff(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + roff(text) + "\\fR";
}

std::string usage_of(const parameter& x) {
  if (x.is_flag())
    return "[" + bold(x.name) + "]";
  if (!x.is_word())
    return "[" + bold(x.name) + " " + italic(x.value) + "]";
  auto name = italic(x.name) + (x.most > 1 ? "..." : "");
  return x.least == 0 ? "[" + name + "]" : name;
}

std::string described(const parameter& x) {
  auto name = x.is_word() ? italic(x.name) : bold(x.name);
  return ".TP\n" + name + (x.value.empty() ? "" : " " + italic(x.value)) + "\n"
         + roff(x.help) + "\n";
}

std::string section_of(const command& x) {
  auto result = ".SS " + x.name + "\n.B meshctl " + x.name + "\n";
  for (const auto& each : x.parameters)
    result += usage_of(each) + "\n";
  auto help = x.help;
  help[0] = static_cast<char>(help[0] - 'a' + 'A');
  result += ".PP\n" + roff(help) + ".\n";
  if (!x.more.empty())
    result += roff(x.more) + "\n";
  for (const auto& each : x.parameters)
    result += described(each);
  return result;
}

constexpr char beginning[] = R"(.TH MESHCTL 1 "" cafmesh "cafmesh"
.SH NAME
meshctl \- ask and control meshd, a node of a mesh
.SH SYNOPSIS
.B meshctl
[\fIoptions\fR] \fIcommand\fR [\fIarguments\fR]
.SH DESCRIPTION
Calls the HTTP API of one
.BR meshd (8)
and prints the answer as text for people or, with \fB\-\-json\fR, as JSON.
.PP
Text from peers is escaped: control characters, characters that change the
direction of text, and invisible ones appear as \fB\en\fR, \fB\exNN\fR or
\fB\eu{NNNN}\fR, and a backslash is doubled. Without a locale of UTF\-8,
everything outside ASCII is escaped.
.PP
Ctrl\-C ends a stream with status 0, unless \fB\-\-count\fR was given. If the
reader of the output ends first, that is no error.
.SH OPTIONS
Each may stand before or after the command.
)";

constexpr char ending[] = R"(.SH JSON
With \fB\-\-json\fR each command prints one document in a line; streams print
one for each event. The field \fBschema\fR names its schema and version, such as
\fBmeshctl/peers/1\fR. Fields may be added without a new version.
.SH EXIT STATUS
.TP
0
success
.TP
1
failed
.TP
2
wrong options or arguments
.TP
3
no connection to meshd
.TP
4
a peer, target, channel, key or set does not exist
.TP
5
a precondition does not hold
.TP
124
timed out
.TP
130
ended by Ctrl\-C
.SH ENVIRONMENT
.TP
.B MESHCTL_ADDRESS
the address if there is no \fB\-\-address\fR
.TP
.B MESHCTL_TOKEN_FILE
the file if there is no \fB\-\-token\-file\fR
.SH EXAMPLES
.nf
meshctl wait \-\-peers 5 \-\-timeout 30s
meshctl join chat && meshctl listen chat \-\-count 1 \-\-raw
echo hello | meshctl send chat \-\-to b
etag=$(meshctl kv get config/colour \-\-etag)
meshctl kv put config/colour green \-\-if\-match "$etag"
.fi
.SH SEE ALSO
.BR meshd (8)
)";

} // namespace

std::string manual_page(const commands& all,
                        const std::vector<parameter>& globals) {
  std::string result = beginning;
  for (const auto& x : globals)
    result += described(x);
  result += ".SH COMMANDS\n";
  for (const auto& x : all)
    result += section_of(x);
  return result + ending;
}

} // namespace meshctl
