#include "cmd/sample_notes.h"

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
  void assign(const WantedNotes& wanted, std::span<const Record> records);
  SampleGroups::Group* group(std::size_t number) { return grouped_ ? groups_.find(number) : nullptr; }
  [[nodiscard]] NotedText text(std::size_t number) const;

 private:
  void write_texts(const WantedNotes::WriteText& write, std::span<const Record> records);

  SampleGroups groups_;
  bool grouped_ = false;
  std::shared_ptr<const void> texts_;   ///< their buffer, a new one for each run: a writer may hold the last
  std::string_view all_texts_;          ///< one after another
  std::vector<std::size_t> text_ends_;  ///< by number; empty: no texts
};

void SampleNotes::assign(const WantedNotes& wanted, std::span<const Record> records) {
  grouped_ = wanted.groups.has_value();
  if (grouped_) groups_.assign(*wanted.groups, records);
  text_ends_.clear();
  if (wanted.text) write_texts(wanted.text, records);
}

void SampleNotes::write_texts(const WantedNotes::WriteText& write, std::span<const Record> records) {
  const auto texts = std::make_shared<fmt::memory_buffer>();
  texts->reserve(all_texts_.size() + all_texts_.size() / 8);  // as many as the run before had
  for (const Record& record : records) {
    const auto* sample = std::get_if<Sample>(&record.body);
    if (sample != nullptr && record.type != 0) write(*sample, *texts);
    text_ends_.push_back(texts->size());
  }
  all_texts_ = {texts->data(), texts->size()};
  texts_ = texts;
}

NotedText SampleNotes::text(std::size_t number) const {
  if (text_ends_.empty()) return {};
  const std::size_t begin = number == 0 ? 0 : text_ends_[number - 1];
  return {all_texts_.substr(begin, text_ends_[number] - begin), &texts_};
}

// Nothing else makes notes of a session that has these.
SampleNotes* notes_of(const Session& session) { return static_cast<SampleNotes*>(session.notes()); }

}  // namespace

Session::Note note_samples(WantedNotes wanted) {
  if (!wanted.groups && !wanted.text) return {};
  return [wanted = std::move(wanted)](std::span<const Record> records, std::unique_ptr<RunNotes> spare) {
    if (spare == nullptr) spare = std::make_unique<SampleNotes>();
    static_cast<SampleNotes&>(*spare).assign(wanted, records);
    return spare;
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

}  // namespace simdprof::cmd
