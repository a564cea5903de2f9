#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "cmd/script_render.h"
#include "decoders/tracepoint/tracepoint_bytes.h"

namespace simdprof::cmd {
namespace {

/// Of the fields of one sample in JSON; what comes behind is left out. No sample of a kernel comes near.
constexpr std::size_t kMostFieldBytes = std::size_t{512} << 10U;

/// Names of kernel addresses, as the symbols of the recording have them.
class SourceKernelNames final : public KernelNames {
 public:
  explicit SourceKernelNames(SampleSource& source) : source_(source) {}
  std::optional<Function> function_at(VirtAddr address) override {
    const Location& place = source_.locate(address, CpuMode::kernel, false);
    if (place.symbol.empty()) return std::nullopt;
    return Function{std::string(place.symbol), place.symbol_offset};
  }

 private:
  SampleSource& source_;
};

/// The text of a sample; false: the recording has no format for it.
bool tracepoint_text(std::string& text, const SampleHit& hit, SampleSource& source, const ScriptView& view) {
  if (view.tracepoints == nullptr) return false;
  SourceKernelNames names(source);
  return view.tracepoints->append(text, hit.event->attr.config, hit.sample->raw, names);
}

void add_tracepoint_number(JsonObject& fields, const TracepointField& field, std::uint64_t value) {
  constexpr std::uint64_t kMostExact = std::uint64_t{1} << 53U;  // in every reader of JSON
  const auto as_signed = static_cast<std::int64_t>(value);
  const bool is_small = field.bytes <= 4;  // then both signs fit
  const bool is_exact =
      is_small || static_cast<std::uint64_t>(as_signed < 0 ? -(as_signed + 1) : as_signed) < kMostExact;
  if (!is_small && !field.is_signed) return fields.hex(field.name, value);
  const fmt::format_int digits(as_signed);
  const std::string_view text(digits.data(), digits.size());
  if (is_exact) return append_text(fields.key(field.name), text);
  fields.text(field.name, text);
}

void add_tracepoint_field(JsonObject& fields, const TracepointField& field, const TracepointBytes& raw) {
  if (!field.is_array) {
    const auto value = raw.number(field);
    if (!value) return append_text(fields.key(field.name), "null");
    return add_tracepoint_number(fields, field, *value);
  }
  const auto bytes = raw.of(field);
  if (!bytes) return append_text(fields.key(field.name), "null");
  if (!field.is_text) return append_hex_bytes(fields.key(field.name), *bytes);
  std::string text;
  for (auto byte = bytes->begin(); byte != bytes->end() && *byte != std::byte{0}; ++byte) {
    text += std::to_integer<char>(*byte);
  }
  fields.text(field.name, text);
}

}  // namespace

std::shared_ptr<const TracepointText> read_tracepoints(const RecordingFacts& facts, std::endian order) {
  auto known = std::make_shared<TracepointText>(order, facts.long_bytes());
  for (const auto* tracepoint : facts.tracepoints_of_events()) {
    (void)known->add_format(tracepoint->system, tracepoint->format);  // it was parsed when the facts were loaded
  }
  known->add_kernel_texts(facts.kernel_texts);
  return known;
}

void append_tracepoint(TextBuffer& out, const SampleHit& hit, SampleSource& source, const ScriptView& view) {
  std::string text;
  if (!tracepoint_text(text, hit, source, view)) text = "[format not recorded]";
  append_text(out, text);
}

void append_tracepoint_json(JsonObject& object, const SampleHit& hit, SampleSource& source, const ScriptView& view) {
  std::string text;
  if (!tracepoint_text(text, hit, source, view)) {
    append_hex_bytes(object.key("trace_raw"), hit.sample->raw);
    return;
  }
  object.text("trace", text);
  const TracepointFormat& format = *view.tracepoints->format(hit.event->attr.config);
  const TracepointBytes raw(hit.sample->raw, view.tracepoints->order());
  TextBuffer& out = object.key("trace_fields");
  const std::size_t begin = out.size();
  JsonObject fields(out);
  for (const TracepointField& field : format.fields) {
    const bool has_room = out.size() - begin < kMostFieldBytes;  // made ones may all have the same large bytes
    if (!field.is_common && has_room) add_tracepoint_field(fields, field, raw);
  }
}

// Source: tools/perf/builtin-script.c, perf_sample__fprintf_bpf_output
void append_bpf_output(TextBuffer& out, std::span<const std::byte> raw) {
  constexpr std::size_t kLineBytes = 8;
  constexpr std::string_view kTitle = "      BPF output:";
  bool hit_nul = false;
  bool is_text = true;
  append_text(out, "\n");
  for (std::size_t begin = 0; begin < raw.size(); begin += kLineBytes) {
    append_padding(out, begin == 0 ? kTitle.size() : 0, kTitle.size());
    if (begin == 0) append_text(out, kTitle);
    const auto line = raw.subspan(begin, std::min(kLineBytes, raw.size() - begin));
    append_text(out, " ");
    append_hex_digits(out, begin, 4);
    append_text(out, ":");
    for (const std::byte byte : line) {
      append_text(out, " ");
      append_hex_digits(out, std::to_integer<std::uint64_t>(byte), 2);
    }
    append_padding(out, 3 * line.size(), 3 * kLineBytes);
    append_text(out, "  ");
    for (const std::byte byte : line) {
      const auto c = std::to_integer<unsigned char>(byte);
      const bool plain = c >= 0x20 && c < 0x7f;
      if (hit_nul && c != 0) is_text = false;
      if (c == 0) hit_nul = true;
      if (c != 0 && !plain) is_text = false;
      out.push_back(plain ? static_cast<char>(c) : '.');
    }
    append_padding(out, line.size(), kLineBytes);
    append_text(out, "\n");
  }
  if (!is_text || !hit_nul) return;
  append_text(out, "      BPF string: \"");
  for (auto byte = raw.begin(); *byte != std::byte{0}; ++byte) out.push_back(std::to_integer<char>(*byte));
  append_text(out, "\"\n");
}

}  // namespace simdprof::cmd
