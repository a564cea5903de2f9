#include "decoders/aux/cs_tree.h"

#include <algorithm>
#include <array>
#include <mutex>

#include <fmt/format.h>

#include "decoders/aux/cs_config.h"
#include "decoders/aux/cs_convert.h"
#include "decoders/aux/cs_known_leak.h"
#include "decoders/aux/cs_library_fix.h"
#include "decoders/aux/cs_packet_line.h"

namespace simdprof {
namespace {

constexpr std::size_t kFrameBytes = 16;
constexpr std::size_t kChunkBytes = 65536;

// What a byte of trace may make the library do. An atom runs a few instructions and reads a page of code at most, and
// a byte holds 24 of them; only bytes and code made for it come near these.
constexpr std::uint64_t kFreeInstructions = 1U << 16U;
constexpr std::uint64_t kInstructionsPerByte = 4096;
constexpr std::uint64_t kFreeCodeBytes = 1U << 18U;
constexpr std::uint64_t kCodeBytesPerByte = 16384;

/// The library's lists of trees and of errors, and its printer, belong to the process. Decoding touches none of them:
/// errors below the log's severity are not kept (ocsdDefaultErrorLogger::LogError of 1.3.3), and all are below it.
std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// So do the buffers in which it puts numbers into words (trcPrintableElem::getValStr of 1.3.3). A tree that prints
/// holds it, and may give packets that are put into words.
std::recursive_mutex& text_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

/// A logger there must be, for the printer, and it must not write to our streams. The library never frees the one that
/// it had before, so that it makes one for the life of the process.
bool is_log_ready() {
  static const bool made = ocsd_def_errlog_init(OCSD_ERR_SEV_NONE, 1) == OCSD_OK;
  return made && ocsd_def_errlog_config_output(C_API_MSGLOGOUT_FLG_NONE, nullptr) == OCSD_OK;
}

class OpencsdTree final : public CsTree {
 public:
  OpencsdTree(const CsSetup& setup, CsClient& client) : setup_(setup), client_(client) {}
  ~OpencsdTree() override;

  Status open(std::span<const CsSource> sources);
  void decode(std::span<const std::byte> bytes) override;

 private:
  /// What a packet callback knows of its source.
  struct Channel {
    OpencsdTree* tree = nullptr;
    CsProtocol protocol = CsProtocol::etmv4;
    std::uint8_t trace_id = 0;
  };

  static void packet_callback(const void* channel, ocsd_datapath_op_t op, ocsd_trc_index_t index, const void* packet,
                              std::uint32_t size, const std::uint8_t* data);
  static void line_callback(const void* tree, const char* line, int size);
  static ocsd_datapath_resp_t element_callback(const void* tree, ocsd_trc_index_t index, std::uint8_t trace_id,
                                               const ocsd_generic_trace_elem* element);
  static std::uint32_t code_callback(const void* tree, ocsd_vaddr_t address, ocsd_mem_space_acc_t space,
                                     std::uint8_t trace_id, std::uint32_t size, std::uint8_t* out);

  Status add_source(const CsSource& source);
  Status watch_packets(const CsSource& source, unsigned char id);
  void decode_frames(std::span<const std::byte> bytes);
  void feed(std::span<const std::byte> bytes);
  ocsd_datapath_resp_t process(ocsd_datapath_op_t op, std::span<const std::byte> bytes, std::size_t& used);
  [[nodiscard]] std::uint64_t place(ocsd_trc_index_t index) const;
  void take_packet(const Channel& channel, std::uint64_t at, const void* packet, std::uint32_t size);
  bool take_element(std::uint64_t at, std::uint8_t trace_id, const ocsd_generic_trace_elem& element);

  CsSetup setup_;
  CsClient& client_;
  dcd_tree_handle_t tree_ = C_API_INVALID_TREE_HANDLE;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::uint64_t fed_ = 0;  ///< bytes before those at hand
  std::uint64_t instructions_left_ = kFreeInstructions;
  std::uint64_t code_bytes_left_ = kFreeCodeBytes;
  bool exhausted_ = false;
  bool prints_ = false;  ///< packets come as printed lines
};

OpencsdTree::~OpencsdTree() {
  const std::lock_guard lock{library_mutex()};
  if (tree_ != C_API_INVALID_TREE_HANDLE) ocsd_destroy_dcd_tree(tree_);
}

Status OpencsdTree::add_source(const CsSource& source) {
  unsigned char id = 0;
  const int flags = setup_.elements ? OCSD_CREATE_FLG_FULL_DECODER : OCSD_CREATE_FLG_PACKET_PROC;
  if (create_opencsd_decoder(tree_, source, flags, id) != OCSD_OK) {
    return fail(Errc::unsupported,
                fmt::format("libopencsd refuses the {} of CPU {} with trace id {:#x}",
                            cs_protocol_name(source.protocol), source.cpu, source.trace_id.value_or(0)));
  }
  return watch_packets(source, id);
}

/// ETE has its packets printed: the library's C interface cannot call back with them, and perf prints them alike. A
/// flow does without, as it says itself where a packet was bad.
Status OpencsdTree::watch_packets(const CsSource& source, unsigned char id) {
  channels_.push_back(std::make_unique<Channel>(Channel{this, source.protocol, source.trace_id.value_or(0)}));
  ocsd_err_t error = OCSD_OK;
  if (source.protocol != CsProtocol::ete) {
    error = ocsd_dt_attach_packet_callback(tree_, id, OCSD_C_API_CB_PKT_MON, reinterpret_cast<void*>(packet_callback),
                                           channels_.back().get());
  } else if (!setup_.elements) {
    error = ocsd_dt_set_pkt_protocol_printer(tree_, id, 1);
    prints_ = true;
  }
  if (error != OCSD_OK) return fail(Errc::unsupported, "libopencsd gives no packets");
  return {};
}

Status OpencsdTree::open(std::span<const CsSource> sources) {
  const std::lock_guard lock{library_mutex()};
  link_library_fix();
  if (!is_log_ready()) return fail(Errc::limit, "libopencsd has no log");
  tree_ = setup_.formatted ? ocsd_create_dcd_tree(OCSD_TRC_SRC_FRAME_FORMATTED,
                                                  OCSD_DFRMTR_FRAME_MEM_ALIGN | OCSD_DFRMTR_RESET_ON_4X_FSYNC)
                           : ocsd_create_dcd_tree(OCSD_TRC_SRC_SINGLE, 0);
  if (tree_ == C_API_INVALID_TREE_HANDLE) return fail(Errc::limit, "libopencsd makes no decode tree");
  for (const CsSource& source : sources) {
    if (setup_.formatted && !source.trace_id) continue;
    if (auto added = add_source(source); !added) return added;
  }
  if (!setup_.elements) return {};
  const CsKnownLeak leak;
  if (ocsd_dt_set_gen_elem_outfn(tree_, element_callback, this) != OCSD_OK ||
      ocsd_dt_add_callback_trcid_mem_acc(tree_, 0, ~ocsd_vaddr_t{0}, OCSD_MEM_SPACE_ANY, code_callback, this) !=
          OCSD_OK) {
    return fail(Errc::limit, "libopencsd takes no callbacks");
  }
  return {};
}

/// The library counts bytes in 32 bits.
std::uint64_t OpencsdTree::place(ocsd_trc_index_t index) const {
  const auto low = static_cast<std::uint32_t>(fed_);
  return fed_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(index - low)));
}

void OpencsdTree::packet_callback(const void* channel, ocsd_datapath_op_t op, ocsd_trc_index_t index,
                                  const void* packet, std::uint32_t size, const std::uint8_t*) {
  if (op != OCSD_OP_DATA || packet == nullptr) return;
  const auto& from = *static_cast<const Channel*>(channel);
  from.tree->take_packet(from, from.tree->place(index), packet, size);
}

void OpencsdTree::take_packet(const Channel& channel, std::uint64_t at, const void* packet, std::uint32_t size) {
  CsPacket out;
  out.trace_id = channel.trace_id;
  out.at = at;
  out.bytes = size;
  out.damaged = is_damaged_packet(channel.protocol, packet);
  out.q_instructions = q_instructions(channel.protocol, packet);
  std::array<char, 1024> line{};
  if (setup_.packet_text || out.damaged) {
    {
      const std::lock_guard lock{text_mutex()};
      (void)ocsd_pkt_str(opencsd_protocol(channel.protocol), packet, line.data(), static_cast<int>(line.size()));
    }
    const std::string_view whole{line.data()};
    out.name = whole.substr(0, whole.find_first_of(" :"));
    const std::size_t text = whole.find_first_not_of(" :", out.name.size());
    if (text != std::string_view::npos) out.text = whole.substr(text);
  }
  client_.on_packet(out);
}

void OpencsdTree::line_callback(const void* tree, const char* line, int size) {
  auto& self = *static_cast<OpencsdTree*>(const_cast<void*>(tree));
  const auto packet = parse_packet_line({line, static_cast<std::size_t>(size)});
  if (!packet) return;
  CsPacket out = *packet;
  out.at = self.place(static_cast<ocsd_trc_index_t>(out.at));
  self.client_.on_packet(out);
}

ocsd_datapath_resp_t OpencsdTree::element_callback(const void* tree, ocsd_trc_index_t index, std::uint8_t trace_id,
                                                   const ocsd_generic_trace_elem* element) {
  auto& self = *static_cast<OpencsdTree*>(const_cast<void*>(tree));
  return self.take_element(self.place(index), trace_id, *element) ? OCSD_RESP_CONT : OCSD_RESP_FATAL_SYS_ERR;
}

bool OpencsdTree::take_element(std::uint64_t at, std::uint8_t trace_id, const ocsd_generic_trace_elem& element) {
  constexpr std::string_view kPrefix = "OCSD_GEN_TRC_ELEM_";
  CsElement out = convert_element(element);
  out.trace_id = trace_id;
  out.at = at;
  if (out.instructions > instructions_left_) exhausted_ = true;
  if (exhausted_) return false;
  instructions_left_ -= out.instructions;
  std::array<char, 1024> line{};
  if (setup_.element_text) {
    const std::lock_guard lock{text_mutex()};
    const ocsd_generic_trace_elem printable = printable_element(element);
    (void)ocsd_gen_elem_str(&printable, line.data(), static_cast<int>(line.size()));
  }
  out.text = line.data();
  if (out.text.substr(0, kPrefix.size()) == kPrefix) out.text.remove_prefix(kPrefix.size());
  client_.on_element(out);
  return true;
}

std::uint32_t OpencsdTree::code_callback(const void* tree, ocsd_vaddr_t address, ocsd_mem_space_acc_t space,
                                         std::uint8_t trace_id, std::uint32_t size, std::uint8_t* out) {
  auto& self = *static_cast<OpencsdTree*>(const_cast<void*>(tree));
  if (size > self.code_bytes_left_) self.exhausted_ = true;
  if (self.exhausted_) return 0;
  self.code_bytes_left_ -= size;
  const bool kernel = space == OCSD_MEM_SPACE_EL2;
  const auto bytes = std::as_writable_bytes(std::span(out, size));
  return static_cast<std::uint32_t>(self.client_.read_code(trace_id, address, kernel, bytes));
}

ocsd_datapath_resp_t OpencsdTree::process(ocsd_datapath_op_t op, std::span<const std::byte> bytes, std::size_t& used) {
  const auto index = static_cast<ocsd_trc_index_t>(fed_);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::uint32_t processed = 0;
  ocsd_datapath_resp_t answer = OCSD_RESP_FATAL_SYS_ERR;
  try {
    answer =
        ocsd_dt_process_data(tree_, op, index, size, reinterpret_cast<const std::uint8_t*>(bytes.data()), &processed);
  } catch (...) {
    // The library's own exceptions must not leave it; what it was at is lost, as with any fatal answer.
    answer = OCSD_RESP_FATAL_SYS_ERR;
  }
  used = std::min<std::size_t>(processed, bytes.size());
  return answer;
}

void OpencsdTree::feed(std::span<const std::byte> bytes) {
  std::size_t used = 0;
  while (!bytes.empty() && !exhausted_) {
    const auto chunk = bytes.first(std::min(bytes.size(), kChunkBytes));
    ocsd_datapath_resp_t answer = process(OCSD_OP_DATA, chunk, used);
    std::size_t none = 0;
    while (OCSD_DATA_RESP_IS_WAIT(answer)) answer = process(OCSD_OP_FLUSH, {}, none);
    if (OCSD_DATA_RESP_IS_FATAL(answer) && !exhausted_) {
      client_.on_fatal(fed_ + used, "libopencsd gives up and begins anew behind");
      (void)process(OCSD_OP_RESET, {}, none);
    }
    // Frames go in whole, and every call moves on.
    const std::size_t unit = setup_.formatted ? kFrameBytes : 1;
    used = std::min(chunk.size(), std::max((used + unit - 1) / unit * unit, unit));
    fed_ += used;
    bytes = bytes.subspan(used);
  }
  if (!exhausted_) (void)process(OCSD_OP_EOT, {}, used);
}

void OpencsdTree::decode(std::span<const std::byte> bytes) {
  if (prints_) {
    const std::scoped_lock lock{library_mutex(), text_mutex()};
    (void)ocsd_def_errlog_set_strprint_cb(tree_, this, line_callback);
    decode_frames(bytes);
    (void)ocsd_def_errlog_config_output(C_API_MSGLOGOUT_FLG_NONE, nullptr);
  } else {
    decode_frames(bytes);
  }
}

void OpencsdTree::decode_frames(std::span<const std::byte> bytes) {
  instructions_left_ += bytes.size() * kInstructionsPerByte;
  code_bytes_left_ += bytes.size() * kCodeBytesPerByte;
  const std::size_t whole = setup_.formatted ? bytes.size() / kFrameBytes * kFrameBytes : bytes.size();
  feed(bytes.first(whole));
  if (exhausted_) {
    client_.on_fatal(fed_, "the trace runs more instructions than its bytes could tell of; the rest is not decoded");
  } else if (whole != bytes.size()) {
    client_.on_fatal(whole, fmt::format("{} bytes are less than a frame of {}", bytes.size() - whole, kFrameBytes));
  }
}

}  // namespace

Result<std::unique_ptr<CsTree>> CsTree::create(const CsSetup& setup, std::span<const CsSource> sources,
                                               CsClient& client) {
  auto tree = std::make_unique<OpencsdTree>(setup, client);
  if (auto opened = tree->open(sources); !opened) return fail(opened.error());
  return tree;
}

std::string cs_library() { return fmt::format("libopencsd {}", ocsd_get_version_str()); }

}  // namespace simdprof
