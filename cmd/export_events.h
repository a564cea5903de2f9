#pragma once

#include <cstdint>
#include <vector>

#include "cmd/export_lowering.h"
#include "lib/perfdata/writer.h"

namespace simdprof::cmd {

/// The events of an exported file.
///
/// perf's format has one register mask an event: every sample whose section is not empty has a word for each of its
/// bits. A sample that lacks some of them (its register image is missing, a 32-bit task has half the registers) cannot
/// carry them as zeros, which would be values nobody recorded, nor leave out the section, which holds its general
/// registers. So it gets an event of its own: same name and attributes, narrower mask, another id.
class ExportEvents {
 public:
  /// Adds the recording's events to the file, in their order; those without ids get one.
  static Result<ExportEvents> start(perfdata::Writer& writer, const RecordingFacts& facts,
                                    const SampleLowering& lowering, bool strip_registers);

  /// Id of the event in the file that a sample belongs to: the recorded one where it can stay. Adds an event when none
  /// has these masks.
  Result<std::uint64_t> id_of_sample(const Sample& sample, const RegisterMasks& masks);
  /// Id for the trailer of a record that is no sample; 0, as perf itself writes it, when it belongs to no event.
  [[nodiscard]] std::uint64_t id_of_record(std::uint32_t event, std::optional<std::uint64_t> recorded) const;
  [[nodiscard]] bool sample_id_all() const { return sample_id_all_; }
  [[nodiscard]] std::size_t added() const { return forms_.size() - table_->events.size(); }

 private:
  /// One event of the file.
  struct Form {
    std::uint32_t event = 0;  ///< of the recording
    RegisterMasks masks;      ///< empty: any, until a sample says
    std::uint64_t first_id = 0;
    bool has_recorded_ids = false;
  };
  ExportEvents(perfdata::Writer& writer, const EventTable& table) : writer_(&writer), table_(&table) {}
  Status add_form(Form form, perfdata::OutEvent event);
  [[nodiscard]] std::uint64_t make_id();
  bool take(std::size_t number, const RegisterMasks& masks);
  Result<std::size_t> form_of(std::uint32_t event, const RegisterMasks& masks);

  perfdata::Writer* writer_;
  const EventTable* table_;
  std::vector<Form> forms_;  ///< by number in the file; the first ones are the recording's events
  std::uint64_t last_made_id_ = 0;
  bool sample_id_all_ = false;
};

}  // namespace simdprof::cmd
