#pragma once

#include "logic/cluster_view.hpp"

#include <rig/core/ref.hpp>
#include <rig/core/task.hpp>
#include <rig/transport/http_endpoint.hpp>

#include <span>

namespace rig::cluster {

/// Who knows the cluster: a node, or a gateway that is alone.
class ViewSource {
 public:
  /// On any shard.
  virtual Task<ClusterView> view() = 0;

 protected:
  ~ViewSource() = default;
};

/// `GET /v3/cluster`: the nodes, and how they are.
class ClusterEndpoint final : public transport::HttpEndpoint {
 public:
  explicit ClusterEndpoint(Ref<ViewSource> source) : source_(source) {}

  [[nodiscard]] std::span<const transport::Route> routes() const override;
  Task<transport::HttpResponse> handle(transport::HttpRequest request) override;

 private:
  Ref<ViewSource> source_;
};

}  // namespace rig::cluster
