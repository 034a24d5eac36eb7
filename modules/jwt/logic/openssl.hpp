#pragma once

#include <openssl/err.h>

#include <memory>

namespace rig::jwt {

/// OpenSSL keeps errors per thread, and whoever looks next would take ours for its own: what is
/// added during the life of this object is gone afterwards.
class ErrorQueue {
 public:
  ErrorQueue() noexcept { ERR_set_mark(); }
  ~ErrorQueue() { ERR_pop_to_mark(); }
  ErrorQueue(const ErrorQueue&) = delete;
  ErrorQueue& operator=(const ErrorQueue&) = delete;
};

/// `Owned<BIGNUM, BN_free>`
template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

}  // namespace rig::jwt
