// A table of a page. On a narrow screen every row becomes a block in which each value has its
// column's title beside it; its roles are written out, since that layout hides them from programs
// that read a page aloud.
#pragma once

#include <string>
#include <vector>

#include "results/pages/html.h"

namespace bench::results {

class HtmlTable {
 public:
  // The first column names the row.
  HtmlTable(std::string caption, std::vector<std::string> columns)
      : caption_(std::move(caption)), columns_(std::move(columns)) {}

  // One cell a column. `style`: a class of the row; "": none.
  void AddRow(const std::vector<Html>& cells, const std::string& style = "");
  void AddTextRow(const std::vector<std::string>& cells);

  bool empty() const { return rows_.empty(); }
  // Nothing without rows.
  Html Render() const;

 private:
  std::string caption_;
  std::vector<std::string> columns_;
  Html rows_;
};

}  // namespace bench::results
