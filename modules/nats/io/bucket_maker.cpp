#include "io/bucket_maker.hpp"

#include "io/kept_bucket.hpp"
#include "io/link_maker.hpp"

#include <utility>

namespace rig::nats {

std::unique_ptr<Bucket> BucketMaker::open(Settings settings, BucketUser& user) {
  return std::make_unique<KeptBucket>(connection_by(settings.url, settings.access), settings, user,
                                      *registry_);
}

}  // namespace rig::nats
