#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/base/result.h"
#include "lib/base/units.h"

namespace simdprof::perfdata {

/// What a perf.data says about itself, gathered from its header, features and tool records in any order, and given out
/// as simdprof's own metadata records.
class Metadata {
 public:
  struct Event {
    abi::EventAttr attr;
    std::string name;  ///< empty: the file has none
    std::vector<std::uint64_t> ids;
  };

  /// @return limit when there are more events or ids than a recording can have
  Status add_event(const abi::EventAttr& attr, std::vector<std::uint64_t> ids);
  Status add_id(std::size_t event, std::uint64_t id);
  /// The events as EVENT_DESC has them, in order: used by settle_events() for what is described nowhere else.
  void describe_again(const abi::EventAttr& attr, std::vector<std::uint64_t> ids);
  void settle_events();
  /// Names are kept for events that are described later, too.
  void name_event(std::size_t event, std::string_view name);
  void name_event_of_id(std::uint64_t id, std::string_view name);
  /// A name for all events of this type and config that have none.
  void name_events_of_config(std::uint32_t type, std::uint64_t config, std::string_view name);
  void place_id(std::uint64_t id, std::int32_t cpu, Tid tid);
  void add_fact(std::string_view key, std::string_view value);
  void add_build_id(std::span<const std::byte> id, std::string_view path);
  void add_auxtrace_info(std::uint32_t type, std::span<const std::byte> words, std::endian order);

  /// Text without NUL; what is longer than a record can hold is left out.
  /// Of one id the first is kept.
  void add_tracepoint(std::string_view system, std::uint64_t id, std::string_view format);
  void add_kernel_texts(std::string_view lines);

  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  [[nodiscard]] const std::map<std::string, std::string>& facts() const { return facts_; }

  struct Records {
    std::vector<std::byte> bytes;
    std::uint32_t count = 0;
  };
  [[nodiscard]] Records encode() const;

 private:
  struct Place {
    std::int32_t cpu = -1;
    Tid tid = -1;
  };
  struct ConfigName {
    std::uint32_t type;
    std::uint64_t config;
    std::string name;
  };
  [[nodiscard]] std::string name_of(std::size_t event) const;

  std::vector<Event> events_;
  std::vector<Event> described_again_;
  std::size_t id_count_ = 0;
  std::map<std::size_t, std::string> names_;
  std::map<std::uint64_t, std::string> names_of_ids_;
  std::vector<ConfigName> names_of_configs_;
  std::map<std::uint64_t, Place> places_;
  std::map<std::string, std::string> facts_;
  std::vector<std::vector<std::byte>> build_ids_;    ///< records
  std::vector<std::vector<std::byte>> auxtrace_;     ///< records
  std::vector<std::vector<std::byte>> tracepoints_;  ///< records
  std::set<std::uint64_t> tracepoint_ids_;
  std::size_t kernel_text_bytes_ = 0;
};

}  // namespace simdprof::perfdata
