#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/abi/clock_reference.h"
#include "lib/abi/perf_event.h"
#include "lib/abi/perf_file.h"

/// The parts of a perf.data that describe its recording, as bytes: attributes and feature sections.
/// Source: tools/perf/Documentation/perf.data-file-format.txt and files that perf 6.1 wrote.
namespace simdprof::perfdata {

/// Bytes of perf_event_attr that are written: what perf 6.1 knows. It refuses a file with more.
inline constexpr std::uint32_t kAttrBytes = abi::PERF_ATTR_SIZE_VER7;

/// One event of the file.
struct OutEvent {
  abi::EventAttr attr;  ///< fields beyond kAttrBytes are not written
  std::string name;
  std::vector<std::uint64_t> ids;
};

struct OutBuildId {
  std::uint16_t misc = 0;     ///< cpumode: PERF_RECORD_MISC_KERNEL or _USER
  std::int32_t pid = -1;      ///< -1: the host
  std::vector<std::byte> id;  ///< at most 20 bytes
  std::string path;
};

std::vector<std::byte> encode_attr(const abi::EventAttr& attr, std::endian order);

// Contents of feature sections.
/// HOSTNAME, OSRELEASE, VERSION, ARCH, CPUDESC, CPUID.
std::vector<std::byte> encode_text_feature(std::string_view text, std::endian order);
std::vector<std::byte> encode_cpu_counts(std::uint32_t available, std::uint32_t online, std::endian order);
/// TOTAL_MEM in KiB, CLOCKID's resolution in ns.
std::vector<std::byte> encode_number_feature(std::uint64_t value, std::endian order);
std::vector<std::byte> encode_clock_data(const abi::ClockReference& reference, std::endian order);
std::vector<std::byte> encode_command_line(std::span<const std::string> words, std::endian order);
std::vector<std::byte> encode_event_descs(std::span<const OutEvent> events, std::endian order);
std::vector<std::byte> encode_sample_time(std::uint64_t first_ns, std::uint64_t last_ns, std::endian order);
/// One entry of the BUILD_ID section; as a record of pipe mode it is the same with `record_type` 67.
std::vector<std::byte> encode_build_id_entry(const OutBuildId& entry, std::uint32_t record_type, std::endian order);

}  // namespace simdprof::perfdata
