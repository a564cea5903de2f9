#include "decoders/aux/spe_record.h"

namespace simdprof {
namespace {

using Kind = SpePacket::Kind;

constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << 56U) - 1;
constexpr std::uint64_t kTopByte = ~kAddressMask;

}  // namespace

VirtAddr spe_code_address(std::uint64_t payload) {
  const bool non_secure = (payload >> 63U) != 0;
  const auto level = static_cast<unsigned>(payload >> 61U & 3U);
  const VirtAddr address = payload & kAddressMask;
  // EL2 is the kernel, too, where it runs with virtualization host extensions.
  return non_secure && (level == 1 || level == 2) ? address | kTopByte : address;
}

VirtAddr spe_data_address(std::uint64_t payload) {
  const VirtAddr address = payload & kAddressMask;
  return (address >> 52U & 0xfU) == 0xf ? address | kTopByte : address;
}

void SpeRecord::add_address(const SpePacket& packet) {
  switch (packet.index) {
    case kSpeInstruction:
      memory_.ip = spe_code_address(packet.payload);
      memory_.present |= AuxMemory::kIp;
      return;
    case kSpeTarget:
      memory_.target = spe_code_address(packet.payload);
      memory_.present |= AuxMemory::kTarget;
      return;
    case kSpeVirtual:
      memory_.virtual_address = spe_data_address(packet.payload);
      memory_.present |= AuxMemory::kVirtual;
      return;
    case kSpePhysical:
      memory_.physical_address = packet.payload & kAddressMask;
      memory_.present |= AuxMemory::kPhysical;
      return;
    default: return;  // the branch before, and what later versions add: packets only
  }
}

void SpeRecord::add_counter(const SpePacket& packet) {
  const auto cycles = static_cast<std::uint32_t>(packet.payload);
  switch (packet.index) {
    case kSpeTotal:
      memory_.total_latency = cycles;
      memory_.present |= AuxMemory::kTotalLatency;
      return;
    case kSpeIssue:
      memory_.issue_latency = cycles;
      memory_.present |= AuxMemory::kIssueLatency;
      return;
    case kSpeTranslate:
      memory_.translate_latency = cycles;
      memory_.present |= AuxMemory::kTranslateLatency;
      return;
    default: return;
  }
}

bool SpeRecord::add(const SpePacket& packet, const abi::TimeConversion& clock) {
  if (packet.kind != Kind::padding) begun_ = true;
  switch (packet.kind) {
    case Kind::padding: return false;
    case Kind::end: return true;
    case Kind::timestamp:
      memory_.place.time_ns = clock.to_ns(packet.payload).value_or(AuxPlace::kNoAuxTime);
      return true;
    case Kind::address: add_address(packet); return false;
    case Kind::counter: add_counter(packet); return false;
    case Kind::context:
      memory_.context = static_cast<std::uint32_t>(packet.payload);
      memory_.present |= AuxMemory::kContext;
      memory_.place.tid = static_cast<Tid>(memory_.context);
      return false;
    case Kind::operation:
      memory_.operation = spe_operation_name(packet);
      branch_ = packet.index == kSpeBranch;
      operation_ = packet.payload;
      return false;
    case Kind::events: memory_.events = packet.payload; return false;
    case Kind::source:
      memory_.source = static_cast<std::uint32_t>(packet.payload);
      memory_.present |= AuxMemory::kSource;
      return false;
  }
  return false;
}

bool SpeRecord::is_taken_branch() const {
  constexpr std::uint32_t kBoth = AuxMemory::kIp | AuxMemory::kTarget;
  return branch_ && (memory_.events & kSpeNotTaken) == 0 && (memory_.present & kBoth) == kBoth;
}

AuxBranch SpeRecord::branch() const {
  AuxBranch out;
  out.place = memory_.place;
  out.from = memory_.ip;
  out.to = memory_.target;
  out.flags = kAuxBranch;
  if ((operation_ & 1U) != 0) out.flags |= kAuxConditional;
  if ((memory_.events & kSpeMispredicted) != 0) out.flags |= kAuxMispredicted;
  return out;
}

}  // namespace simdprof
