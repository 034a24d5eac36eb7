#include "io/stream_maker.hpp"

#include "io/kept_stream.hpp"
#include "io/link_maker.hpp"

#include <utility>

namespace rig::nats {

std::unique_ptr<Stream> StreamMaker::open(Settings settings) {
  auto connection = connection_by(settings.url, settings.access);
  return std::make_unique<KeptStream>(std::move(connection), std::move(settings), *registry_);
}

}  // namespace rig::nats
