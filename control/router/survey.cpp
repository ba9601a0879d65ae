#include "control/router/survey.h"

#include <algorithm>

namespace spillway {

std::unique_ptr<Survey> SurveyDesk::open(ConnectionQuery query) {
  auto* const place = std::find(open_.begin(), open_.end(), nullptr);
  if (place == open_.end()) return nullptr;
  query.asker = static_cast<std::uint8_t>(place - open_.begin());
  query.serial = ++serial_;
  // In any case: it takes back what some workers were told when another one could not be.
  std::unique_ptr<Survey> survey(new Survey(*this, links_, query));
  *place = survey.get();
  for (const auto& link : links_)
    if (!link->ask(query)) return nullptr;
  return survey;
}

SurveyDesk::~SurveyDesk() {
  for (Survey* survey : open_)
    if (survey != nullptr) survey->desk_ = nullptr;
}

Survey::Survey(SurveyDesk& desk, std::span<const std::unique_ptr<WorkerLink>> links,
               const ConnectionQuery& query)
    : desk_(&desk), links_(links), query_(query) {}

Survey::~Survey() {
  if (desk_ == nullptr) return;
  desk_->open_[query_.asker] = nullptr;
  if (done()) return;
  query_.kind = ConnectionQuery::Kind::stop;
  // A worker that could not be told waits with its rows until the next question at this place.
  for (const auto& link : links_) link->ask(query_);
}

std::size_t Survey::take(std::span<ConnectionRow> room) {
  std::size_t n = 0;
  if (desk_ == nullptr) return n;
  for (std::size_t tried = 0; tried < links_.size() && n < room.size(); ++tried) {
    WorkerLink& link = *links_[next_link_];
    next_link_ = (next_link_ + 1) % links_.size();
    ConnectionRow row;
    while (n < room.size() && link.take_row(query_.asker, row)) {
      // Of a question that was given up.
      if (row.serial != query_.serial) continue;
      const bool found = query_.kind == ConnectionQuery::Kind::find && row.matched > 0;
      if (!row.end || found) room[n++] = row;
      if (!row.end) continue;
      ++answers_;
      matched_ += row.matched;
    }
  }
  return n;
}

}  // namespace spillway
