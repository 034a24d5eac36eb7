#pragma once

#include <rig/answers/answer.hpp>

namespace rig::proxy {

using answers::Answer;

}  // namespace rig::proxy
