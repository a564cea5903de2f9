#include "cmd/sample_notes.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace simdprof::cmd {
namespace {

class SampleNotes final : public RunNotes {
 public:
  explicit SampleNotes(std::shared_ptr<const WantedNotes> wanted) : wanted_(std::move(wanted)) {
    if (wanted_->writer) write_ = wanted_->writer();
  }

  void start(std::size_t records) override;
  void add(std::span<const Record> records) override;
  SampleGroups::Group* group(std::size_t number) { return wanted_->groups ? groups_.find(number) : nullptr; }
  [[nodiscard]] NotedText text(std::size_t number) const;
  [[nodiscard]] bool plain(std::size_t number) const { return number < plain_.size() && plain_[number]; }

 private:
  std::shared_ptr<const WantedNotes> wanted_;
  SampleGroups groups_;
  WantedNotes::WriteText write_;
  // Texts one after another. A new buffer for each run: a writer may hold the last.
  std::shared_ptr<fmt::memory_buffer> buffer_;
  std::shared_ptr<const void> texts_;   ///< the same, as NotedText shows its owner
  std::vector<std::size_t> text_ends_;  ///< by number; empty: no texts
  std::vector<bool> plain_;             ///< by number
  std::size_t noted_ = 0;               ///< records that these two are of
};

void SampleNotes::start(std::size_t records) {
  if (wanted_->groups) groups_.start(records);
  noted_ = 0;
  text_ends_.clear();
  plain_.clear();
  if (!write_) return;
  const std::size_t before = buffer_ == nullptr ? 0 : buffer_->size();
  buffer_ = std::make_shared<fmt::memory_buffer>();
  buffer_->reserve(before + before / 8);
  texts_ = buffer_;
}

void SampleNotes::add(std::span<const Record> records) {
  if (wanted_->groups) groups_.add(*wanted_->groups, records);
  for (const Record& record : records.subspan(std::min(records.size(), noted_))) {
    const auto* sample = record.type != 0 ? std::get_if<Sample>(&record.body) : nullptr;
    if (wanted_->plain) plain_.push_back(sample != nullptr && wanted_->plain(*sample));
    if (!write_) continue;
    if (sample != nullptr) write_(*sample, *buffer_);
    text_ends_.push_back(buffer_->size());
  }
  noted_ = std::max(noted_, records.size());
}

NotedText SampleNotes::text(std::size_t number) const {
  if (text_ends_.empty()) return {};
  const std::size_t begin = number == 0 ? 0 : text_ends_[number - 1];
  return {std::string_view(buffer_->data() + begin, text_ends_[number] - begin), &texts_};
}

// Nothing else makes notes of a session that has these.
SampleNotes* notes_of(const Session& session) { return static_cast<SampleNotes*>(session.notes()); }

}  // namespace

Session::MakeNotes note_samples(WantedNotes wanted) {
  if (!wanted.groups && !wanted.writer && !wanted.plain) return {};
  return [wanted = std::make_shared<const WantedNotes>(std::move(wanted))] {
    return std::make_unique<SampleNotes>(wanted);
  };
}

SampleGroups::Group* noted_group(const Session& session) {
  SampleNotes* notes = notes_of(session);
  return notes == nullptr ? nullptr : notes->group(session.number());
}

std::optional<NotedText> noted_text(const Session& session) {
  const SampleNotes* notes = notes_of(session);
  if (notes == nullptr) return std::nullopt;
  return notes->text(session.number());
}

bool noted_plain(const Session& session) {
  const SampleNotes* notes = notes_of(session);
  return notes != nullptr && notes->plain(session.number());
}

}  // namespace simdprof::cmd
