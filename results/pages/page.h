// The document around what a page shows: its head, its style, a list of its sections, the sections.
//
// A page is one file. It loads nothing and runs no script, which its content security policy also
// says; what can be opened is a <details>, so that the keyboard works without one. It is light or
// dark as the reader's system is, and readable from a width of 360 pixels on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "results/pages/html.h"

namespace bench::results {

class Page {
 public:
  // Of the window, and of the page.
  Page(std::string title, std::string heading)
      : title_(std::move(title)), heading_(std::move(heading)) {}

  // Below the title, before the sections.
  void AddLead(const Html& content) { lead_ += content; }
  // Left out where it is empty.
  void AddSection(const std::string& title, const Html& content);

  std::string Render() const;

 private:
  struct Section {
    std::string title;
    Html content;
  };

  std::string title_;
  std::string heading_;
  Html lead_;
  std::vector<Section> sections_;
};

// A <ul> of texts; nothing of none.
Html TextList(const std::vector<std::string>& lines);
// Charts side by side, as many as have room; nothing of none.
Html ChartGrid(const Html& figures);
// What the lines and dots of the arms with these names look like, by their place.
Html Legend(const std::vector<std::string>& arms);

}  // namespace bench::results
