#pragma once

#include <nats/nats.h>

#include <memory>
#include <string>

/// What the library's objects are held by, and its errors as text.

namespace rig::nats {

template <class T, void (*destroy)(T*)>
struct DestroyWith {
  void operator()(T* object) const noexcept { destroy(object); }
};
using OptionsPtr = std::unique_ptr<natsOptions, DestroyWith<natsOptions, natsOptions_Destroy>>;
using MessagePtr = std::unique_ptr<natsMsg, DestroyWith<natsMsg, natsMsg_Destroy>>;

/// What the library says of the last failure on this thread; the status alone if it says nothing.
[[nodiscard]] std::string describe(natsStatus status);

}  // namespace rig::nats
