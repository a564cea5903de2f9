#include "cmd/doctor.h"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <string_view>

#include "cmd/exit_code.h"
#include "cmd/option_set.h"
#include "cmd/text_out.h"
#include "lib/base/log.h"
#include "lib/capture/open_error.h"

namespace simdprof::cmd {
namespace {

void render_text(const DoctorTable& table, TextOut& out) {
  std::size_t width = 0;
  for (const DoctorRow& row : table.rows) width = std::max(width, row.capability.size());
  out.print("{:<8}{:<{}}  {:<12}{}\n", "SOURCE", "CAPABILITY", width, "ANSWER", "WHAT TO CHANGE");
  for (const DoctorRow& row : table.rows) {
    const std::string answer = row.error_number == 0 ? "available" : errno_name(row.error_number);
    const std::string line =
        fmt::format("{:<8}{:<{}}  {:<12}{}", row.source, row.capability, width, answer, row.explanation);
    out.print("{}\n", std::string_view(line).substr(0, line.find_last_not_of(' ') + 1));
  }
  out.write("\n");
  for (const DoctorFact& fact : table.facts) out.print("{:<36}{}\n", fact.name, fact.value);
}

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

void write_pair(JsonWriter& json, const char* key, const std::string& value) {
  json.Key(key);
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void render_json(const DoctorTable& table, TextOut& out) {
  rapidjson::StringBuffer buffer;
  JsonWriter json(buffer);
  json.StartObject();
  json.Key("capabilities");
  json.StartArray();
  for (const DoctorRow& row : table.rows) {
    json.StartObject();
    write_pair(json, "source", row.source);
    write_pair(json, "capability", row.capability);
    json.Key("available");
    json.Bool(row.error_number == 0);
    if (row.error_number != 0) write_pair(json, "errno", errno_name(row.error_number));
    if (!row.explanation.empty()) write_pair(json, "explanation", row.explanation);
    json.EndObject();
  }
  json.EndArray();
  json.Key("facts");
  json.StartObject();
  for (const DoctorFact& fact : table.facts) write_pair(json, fact.name.c_str(), fact.value);
  json.EndObject();
  json.EndObject();
  out.print("{}\n", std::string_view(buffer.GetString(), buffer.GetSize()));
}

}  // namespace

int doctor_verb(const std::vector<std::string>& words) {
  std::string format = "text";
  OptionSet set("doctor", "Shows which register sources work here, and what to change for the others.");
  set.add_option("--format", format, "text or json").one_of({"text", "json"}).shows_default();
  if (const auto status = set.parse(words)) return *status;
  TextOut out;
  const DoctorTable table = examine_machine();
  if (format == "json") {
    render_json(table, out);
  } else {
    render_text(table, out);
  }
  return out.finish() ? kExitOk : kExitFailure;
}

}  // namespace simdprof::cmd
