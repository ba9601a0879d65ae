#pragma once

#include <string>
#include <vector>

namespace spillway {

/// A table for people: columns as wide as what stands in them, numbers to the right. Thread
/// contract: one thread.
class TextTable {
 public:
  enum class Align : bool { left, right };
  struct Column {
    std::string head;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// A cell for each column; those left out are empty.
  void add(std::vector<std::string> cells);
  /// The heads, then a line for each row; nothing stands behind the last word of a line.
  std::string text() const;

 private:
  std::string line(const std::vector<std::string>& cells,
                   const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// A column of numbers.
inline TextTable::Column figures(std::string head) {
  return {std::move(head), TextTable::Align::right};
}

/// "yes" or "no".
inline const char* yes_or_no(bool value) {
  return value ? "yes" : "no";
}

/// Words one after the other, or what stands for none of them.
std::string list_of(const std::vector<std::string>& words, const std::string& none = "none");

}  // namespace spillway
