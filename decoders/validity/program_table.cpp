#include "decoders/validity/program_table.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <variant>

namespace simdprof {
namespace {

/// A mapping of a file with code in it, of a process of this machine.
bool is_program_file(const MmapRecord& map, std::uint16_t misc) {
  const unsigned mode = misc & abi::PERF_RECORD_MISC_CPUMODE_MASK;
  if (map.data || (mode != 0 && mode != abi::PERF_RECORD_MISC_USER)) return false;
  return map.path.starts_with("/") && !map.path.starts_with("//") && !map.path.starts_with("/memfd:");
}

constexpr std::uint64_t kLoaderFile = 2;

/// "ld-linux-x86-64.so.2", "ld-2.31.so", "ld-musl-x86_64.so.1", "ld64.so.2", "ld.so.1".
bool is_loader_path(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  const std::size_t so = path.find(".so");
  if (!path.starts_with("ld") || so == std::string_view::npos) return false;
  return so == 2 || path[2] == '-' || path.substr(2, so - 2) == "64";
}

/// Bit 0 is set: no file's is 0. Bit 1 says that it is the loader.
std::uint64_t path_hash(std::string_view path) {
  const std::uint64_t hash = std::hash<std::string_view>{}(path) & ~kLoaderFile;
  return hash | 1U | (is_loader_path(path) ? kLoaderFile : 0);
}

}  // namespace

ProgramTable::Process& ProgramTable::process(Pid pid) {
  if (processes_.size() >= kMaxProcesses && processes_.find(pid) == processes_.end()) {
    processes_.clear();
    mappings_ = 0;
  }
  return processes_[pid];
}

void ProgramTable::set_code(Process& process, std::vector<Mapping> code) {
  mappings_ += code.size();
  mappings_ -= process.code.size();
  process.code = std::move(code);
  if (mappings_ > kMaxAllMappings) forget_code();
}

void ProgramTable::forget_code() {
  for (auto& [pid, each] : processes_) each.code = {};
  mappings_ = 0;
}

void ProgramTable::map(Process& process, const MmapRecord& record) {
  const std::uint64_t file = path_hash(record.path);
  if (process.program == 0) process.program = file;
  if (process.code.size() >= kMaxMappings || record.length > ~record.start) return;
  if (mappings_ == kMaxAllMappings) forget_code();
  process.code.push_back({record.start, record.start + record.length, file});
  ++mappings_;
}

void ProgramTable::fork(Pid parent, Pid child) {
  Process copy;
  if (const auto found = processes_.find(parent); found != processes_.end()) copy = found->second;
  Process& forked = process(child);
  forked.program = copy.program;
  set_code(forked, std::move(copy.code));
}

void ProgramTable::observe(const Record& record) {
  if (const auto* mmap = std::get_if<MmapRecord>(&record.body)) {
    if (is_program_file(*mmap, record.misc)) map(process(mmap->pid), *mmap);
  } else if (const auto* comm = std::get_if<CommRecord>(&record.body)) {
    if (!comm->exec) return;
    Process& executing = process(comm->pid);
    executing.program = 0;
    set_code(executing, {});
  } else if (const auto* forked = std::get_if<ForkRecord>(&record.body)) {
    if (forked->pid != forked->parent_pid) fork(forked->parent_pid, forked->pid);
  } else if (const auto* exit = std::get_if<ExitRecord>(&record.body)) {
    const auto ended = processes_.find(exit->pid);
    if (exit->pid != exit->tid || ended == processes_.end()) return;
    mappings_ -= ended->second.code.size();
    processes_.erase(ended);
  }
}

bool ProgramTable::differ(Pid a, Pid b) const {
  const auto left = processes_.find(a), right = processes_.find(b);
  if (left == processes_.end() || right == processes_.end()) return false;
  return left->second.program != 0 && right->second.program != 0 && left->second.program != right->second.program;
}

const ProgramTable::Mapping* ProgramTable::mapping_at(Pid pid, VirtAddr address) const {
  const auto found = processes_.find(pid);
  if (found == processes_.end()) return nullptr;
  const auto& code = found->second.code;
  const auto at = std::find_if(code.rbegin(), code.rend(), [address](const Mapping& mapping) {
    return address >= mapping.start && address < mapping.end;
  });
  return at == code.rend() ? nullptr : &*at;
}

bool ProgramTable::shares_code(Pid a, VirtAddr address, Pid b) const {
  const Mapping* const at = mapping_at(a, address);
  const auto other = processes_.find(b);
  if (at == nullptr || other == processes_.end()) return false;
  return std::any_of(other->second.code.begin(), other->second.code.end(),
                     [at](const Mapping& mapping) { return mapping.file == at->file; });
}

bool ProgramTable::is_loader(Pid pid, VirtAddr address) const {
  const Mapping* const at = mapping_at(pid, address);
  return at != nullptr && (at->file & kLoaderFile) != 0;
}

}  // namespace simdprof
