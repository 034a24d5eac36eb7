#include "logic/outbox.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

#include <utility>

namespace rig::transport {

void Outbox::peek(std::vector<std::string_view>& pieces, std::size_t max) const {
  std::size_t skip = sent_of_first_;
  for (const Item& item : items_) {
    if (pieces.size() + Chunk::kPieces > max) return;
    for (auto piece : item.chunk->pieces(chunked_)) {
      const std::size_t skipped = std::min(skip, piece.size());
      skip -= skipped;
      piece.remove_prefix(skipped);
      if (!piece.empty()) pieces.push_back(piece);
    }
  }
}

std::size_t Outbox::conflate() {
  boost::unordered_flat_set<std::pair<std::string_view, std::string_view>> seen;
  std::size_t dropped = 0;
  std::deque<Item> kept;
  for (std::size_t i = items_.size(); i-- > 0;) {
    Item& item = items_[i];
    const auto& event = item.chunk->event();
    const bool is_half_sent = i == 0 && sent_of_first_ != 0;
    if (event == nullptr || is_half_sent || seen.emplace(event->type(), event->subject()).second) {
      kept.push_front(std::move(item));
    } else {
      bytes_ -= item.chunk->size(chunked_);
      ++dropped;
    }
  }
  items_.swap(kept);
  return dropped;
}

}  // namespace rig::transport
