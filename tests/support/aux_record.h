#pragma once

#include <span>
#include <string>
#include <vector>

#include "decoders/aux/aux_decoder.h"
#include "lib/model/aux_trace.h"

namespace simdprof::test {

/// All that a decoder gave, with texts of its own.
struct RecordedAux {
  struct Packet {
    AuxPlace place;
    std::uint32_t bytes = 0;
    std::string line;  ///< name, blank, text
  };
  struct Event {
    AuxPlace place;
    std::string name, text;
    VirtAddr ip = 0;
    std::uint64_t value = 0;
  };
  struct Problem {
    AuxPlace place;
    VirtAddr ip = 0;
    std::string code, text;
  };

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const Packet& packet : packets) out.push_back(packet.line);
    return out;
  }

  std::vector<Packet> packets;
  std::vector<AuxBranch> branches;
  std::vector<AuxInstruction> instructions;
  std::vector<AuxMemory> memory;
  std::vector<Event> events;
  std::vector<Problem> errors;
};

class AuxRecorder final : public AuxSink {
 public:
  explicit AuxRecorder(RecordedAux& out) : out_(out) {}
  void on_packet(const AuxPacket& packet) override {
    std::string line{packet.name};
    if (!packet.text.empty()) line += " " + std::string(packet.text);
    out_.packets.push_back({packet.place, packet.bytes, line});
  }
  void on_branch(const AuxBranch& branch) override { out_.branches.push_back(branch); }
  void on_instruction(const AuxInstruction& instruction) override { out_.instructions.push_back(instruction); }
  void on_memory(const AuxMemory& access) override { out_.memory.push_back(access); }
  void on_event(const AuxEvent& event) override {
    out_.events.push_back({event.place, std::string(event.name), std::string(event.text), event.ip, event.value});
  }
  void on_error(const AuxError& error) override {
    out_.errors.push_back({error.place, error.ip, std::string(error.code), std::string(error.text)});
  }

 private:
  RecordedAux& out_;
};

inline constexpr AuxWanted kEverything{true, true, true, true, true, true};

inline AuxSlice slice_of(std::span<const std::byte> data) {
  AuxSlice slice;
  slice.index = 3;
  slice.cpu = 1;
  slice.offset = 0x1000;
  slice.data = data;
  return slice;
}

/// All segments of a slice.
inline void decode_slice(const AuxDecoder& decoder, const AuxSlice& slice, RecordedAux& out) {
  AuxRecorder sink{out};
  for (const AuxSegment& segment : decoder.split(slice)) decoder.decode(slice, segment, sink);
}

}  // namespace simdprof::test
