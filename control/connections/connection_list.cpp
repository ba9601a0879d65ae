#include "control/connections/connection_list.h"

#include <fmt/format.h>

namespace spillway {

ConnectionList::ConnectionList(std::unique_ptr<RowSource> rows, const ListOptions& options,
                               std::shared_ptr<const config::Config> config, Now now)
    : rows_(std::move(rows)),
      options_(options),
      config_(std::move(config)),
      printer_(options.format, *config_),
      patience_(std::move(now)) {
  if (!options_.sort) return;
  best_.emplace(*options_.sort, options_.limit);
  said_.sorted_by = name_of(*options_.sort);
}

bool ConnectionList::append_to(std::string& text) {
  if (!begun_) printer_.begin(text);
  begun_ = true;
  if (!read_ && !read(text)) return true;
  return best_ ? write_sorted(text) : finish(text);
}

/// True when there is nothing more to come.
bool ConnectionList::read(std::string& text) {
  std::array<ConnectionRow, kAtOnce> room;
  std::size_t n = 0;
  for (std::size_t taken = 0; taken < kMostAtOnce && text.size() < kPiece; taken += n) {
    n = rows_->take(room);
    for (std::size_t i = 0; i < n && !said_.cut; ++i) accept(text, room[i]);
    read_ = said_.cut || (n == 0 && rows_->done());
    if (n == 0 || read_) break;
  }
  if (!read_ && patience_.is_over(n > 0)) {
    said_.trouble = Patience::kOver;
    read_ = true;
  }
  if (!read_) return false;
  said_.matched = rows_->done() ? rows_->matched() : said_.shown;
  if (best_) sorted_ = best_->take_reversed();
  return true;
}

void ConnectionList::accept(std::string& text, const ConnectionRow& row) {
  if (best_) {
    best_->add(row);
  } else if (said_.shown == options_.limit) {
    said_.cut = true;
  } else {
    printer_.row(text, row);
    ++said_.shown;
  }
}

bool ConnectionList::write_sorted(std::string& text) {
  while (!sorted_.empty() && text.size() < kPiece) {
    printer_.row(text, sorted_.back());
    sorted_.pop_back();
    ++said_.shown;
  }
  if (!sorted_.empty()) return true;
  said_.cut = said_.shown < said_.matched;
  return finish(text);
}

bool ConnectionList::finish(std::string& text) {
  printer_.end(text, said_);
  return false;
}

}  // namespace spillway
