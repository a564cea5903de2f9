#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "decoders/aux/cs_metadata.h"
#include "lib/model/aux_trace.h"
#include "tests/support/bytes.h"

/// CoreSight traces as Arm's tools keep them: a folder of .ini files which name devices, their registers, dumps of
/// memory and a trace buffer. Source: OpenCSD, docs/external_custom.md and its snapshot parser's comments.
namespace simdprof::test {

using IniSection = std::map<std::string, std::string>;
using Ini = std::map<std::string, IniSection>;

inline std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Keys lose what stands behind them in brackets: "TRCIDR0(id:0x78)".
inline Ini read_ini(const std::string& path) {
  Ini ini;
  std::ifstream file(path);
  std::string line, section;
  while (std::getline(file, line)) {
    line = trimmed(line);
    if (line.empty() || line[0] == ';') continue;
    if (line[0] == '[') {
      section = line.substr(1, line.find(']') - 1);
      ini[section];
      continue;
    }
    const auto equals = line.find('=');
    std::string key = trimmed(line.substr(0, equals));
    key = key.substr(0, key.find('('));
    ini[section][key] = trimmed(line.substr(equals + 1));
  }
  return ini;
}

inline Bytes read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>{file}, {}};
  return text(content);
}

struct CodeRegion {
  VirtAddr start = 0;
  Bytes bytes;
};

struct Snapshot {
  std::vector<CsSource> sources;
  bool formatted = true;
  Bytes trace;
  std::vector<CodeRegion> code;
  std::string refused;  ///< what of it this build does not know
};

/// Code in memory, the same for every process.
class CodeRegions final : public AuxPrograms {
 public:
  explicit CodeRegions(std::vector<CodeRegion> regions) : regions_(std::move(regions)) {}
  [[nodiscard]] Task task(std::int32_t, Tid tid, std::uint64_t) const override { return {tid, tid}; }
  [[nodiscard]] std::size_t read_code(Pid, VirtAddr address, bool, std::uint64_t,
                                      std::span<std::byte> out) const override {
    for (const CodeRegion& region : regions_) {
      if (address < region.start || address - region.start >= region.bytes.size()) continue;
      const auto from = static_cast<std::size_t>(address - region.start);
      const std::size_t size = std::min(out.size(), region.bytes.size() - from);
      std::copy_n(region.bytes.begin() + static_cast<std::ptrdiff_t>(from), size, out.begin());
      return size;
    }
    return 0;
  }

 private:
  std::vector<CodeRegion> regions_;
};

inline std::uint64_t number(const IniSection& section, const std::string& key, std::uint64_t absent = 0) {
  const auto found = section.find(key);
  return found != section.end() ? std::strtoull(found->second.c_str(), nullptr, 0) : absent;
}
inline std::uint32_t word(const IniSection& section, const std::string& key) {
  return static_cast<std::uint32_t>(number(section, key));
}

inline std::optional<CsArchitecture> core_architecture(const std::string& core) {
  static const std::map<std::string, CsArchitecture> kCores = {{"Cortex-A15", CsArchitecture::v7},
                                                               {"Cortex-A53", CsArchitecture::v8},
                                                               {"Cortex-A57", CsArchitecture::v8},
                                                               {"ARM-AA64", CsArchitecture::aa64}};
  const auto found = kCores.find(core);
  return found != kCores.end() ? std::optional{found->second} : std::nullopt;
}

/// The source of a device section, without its core.
inline std::optional<CsSource> trace_source(const Ini& device) {
  const std::string& type = device.at("device").at("type");
  const IniSection& regs = device.at("regs");
  CsSource source;
  std::uint32_t id = 0;
  if (type.rfind("ETM4", 0) == 0 || type == "ETE") {
    source.protocol = type == "ETE" ? CsProtocol::ete : CsProtocol::etmv4;
    source.config = word(regs, "TRCCONFIGR");
    source.idr0 = word(regs, "TRCIDR0");
    source.idr1 = word(regs, "TRCIDR1");
    source.idr2 = word(regs, "TRCIDR2");
    for (std::size_t i = 0; i < source.idr8.size(); ++i) source.idr8[i] = word(regs, "TRCIDR" + std::to_string(8 + i));
    source.devarch = word(regs, "TRCDEVARCH");
    id = word(regs, "TRCTRACEIDR");
  } else if (type.rfind("PFT", 0) == 0 || type.rfind("ETM3", 0) == 0) {
    source.protocol = type[0] == 'P' ? CsProtocol::ptm : CsProtocol::etmv3;
    source.config = word(regs, "ETMCR");
    source.ccer = word(regs, "ETMCCER");
    source.id = word(regs, "ETMIDR");
    id = word(regs, "ETMTRACEIDR");
  } else if (type == "STM") {
    source.protocol = CsProtocol::stm;
    source.config = word(regs, "STMTCSR");
    id = source.config >> 16U & 0x7fU;
  } else {
    return std::nullopt;
  }
  source.trace_id = static_cast<std::uint8_t>(id);
  return source;
}

inline void add_code(const std::string& folder, const Ini& device, std::vector<CodeRegion>& out) {
  for (const auto& [name, section] : device) {
    if (name.rfind("dump", 0) != 0) continue;
    Bytes bytes = read_bytes(folder + "/" + section.at("file"));
    const std::uint64_t offset = std::min<std::uint64_t>(number(section, "offset"), bytes.size());
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    const std::uint64_t length = number(section, "length", bytes.size());
    if (length < bytes.size()) bytes.resize(static_cast<std::size_t>(length));
    out.push_back({number(section, "address"), std::move(bytes)});
  }
}

/// The first trace buffer of the folder, with the sources in it.
inline Snapshot load_snapshot(const std::string& folder) {
  Snapshot snapshot;
  const Ini main = read_ini(folder + "/snapshot.ini");
  const Ini trace = read_ini(folder + "/" + main.at("trace").at("metadata"));
  const std::string buffers = trace.at("trace_buffers").at("buffers");
  const IniSection& buffer = trace.at(buffers.substr(0, buffers.find(',')));
  snapshot.formatted = buffer.at("format") == "coresight";
  snapshot.trace = read_bytes(folder + "/" + buffer.at("file"));
  std::map<std::string, std::string> core_of, core_type;
  const auto cores = trace.find("core_trace_sources");
  if (cores != trace.end()) {
    for (const auto& [core, source] : cores->second) core_of[source] = core;
  }
  std::vector<Ini> sources;
  for (const auto& [key, file] : main.at("device_list")) {
    const Ini device = read_ini(folder + "/" + file);
    const std::string& name = device.at("device").at("name");
    if (device.at("device").at("class") == "core") {
      core_type[name] = device.at("device").at("type");
      add_code(folder, device, snapshot.code);
      continue;
    }
    const auto placed = trace.at("source_buffers").find(name);
    if (placed != trace.at("source_buffers").end() && placed->second == buffer.at("name")) sources.push_back(device);
  }
  for (const Ini& device : sources) {
    auto source = trace_source(device);
    if (!source) {
      snapshot.refused = device.at("device").at("type");
      continue;
    }
    const std::string& core = core_type[core_of[device.at("device").at("name")]];
    if (const auto architecture = core_architecture(core)) {
      source->architecture = *architecture;
    } else if (source->protocol != CsProtocol::stm) {
      snapshot.refused = core;
      continue;
    }
    snapshot.sources.push_back(*source);
  }
  return snapshot;
}

}  // namespace simdprof::test
