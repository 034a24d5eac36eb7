#include "io/names.hpp"

#include "io/waiter.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>

#include <memory>
#include <utility>

namespace rig::proxy {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

/// Shared with the handler of the resolver, which may come when nobody waits any more.
struct Names::Lookup final : TimerWheel::Timer {
  explicit Lookup(Executor executor)
      : Timer([](Timer& timer) noexcept { static_cast<Lookup&>(timer).waiter.wake(); }),
        resolver(executor),
        waiter(executor) {}

  Resolver resolver;
  Waiter waiter;
  bool is_done = false;
  error_code error;
  Endpoints addresses;
};

Task<Names::Result> Names::find(Ref<Names> self, std::string host, std::uint16_t port,
                                std::chrono::milliseconds at_most) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) co_return Endpoints{tcp::endpoint(address, port)};
  auto found = Result(Endpoints());
  const auto known = self->known_.find(host);
  if (known != self->known_.end() && known->second.until > steady_clock::now()) {
    found = known->second.addresses;
  } else {
    found = co_await look_up(self, std::move(host), at_most);
  }
  if (found) {
    for (auto& endpoint : *found) endpoint.port(port);
  }
  co_return found;
}

Task<Names::Result> Names::look_up(Ref<Names> self, std::string host,
                                   std::chrono::milliseconds at_most) {
  const auto lookup = std::make_shared<Lookup>(self->executor_);
  lookup->resolver.async_resolve(
      host, "0", Resolver::numeric_service,
      [lookup](const error_code& error, const Resolver::results_type& results) {
        lookup->is_done = true;
        lookup->error = error;
        for (const auto& result : results) {
          if (lookup->addresses.size() < kAddressesMax)
            lookup->addresses.push_back(result.endpoint());
        }
        lookup->waiter.wake();
      });
  const struct Leave {
    ~Leave() {
      lookup.cancel();
      lookup.resolver.cancel();  // if it has not begun, it will not
    }
    Lookup& lookup;
  } leave{*lookup};
  self->wheel_.arm(*lookup, at_most);
  while (!lookup->is_done && lookup->armed()) co_await lookup->waiter.wait();
  if (!lookup->is_done) co_return asio::error::make_error_code(asio::error::timed_out);
  if (lookup->error) co_return lookup->error;
  self->remember(host, lookup->addresses);
  co_return std::move(lookup->addresses);
}

void Names::remember(const std::string& host, const Endpoints& addresses) {
  if (known_.size() >= kRememberedMax) known_.clear();
  known_[host] = {addresses, steady_clock::now() + kRememberedFor};
}

}  // namespace rig::proxy
