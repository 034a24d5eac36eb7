#pragma once

#include "logic/path.hpp"
#include "logic/route_matcher.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rig::proxy {

/// `path_replacement`, ready to be filled in: `\0` is the whole path, `\1` and so on what a group
/// or `{name}` took (all digits count), `\g{1}` the same, `\\` a backslash. A group that is not
/// there is empty. What stands behind a `?` is the base of the query.
///
/// The result is a path, whatever it looks like: a scheme or an authority never leads to another
/// host. It is made absolute, slashes at its start become one, and it is normalised again, as
/// what groups took may come together to a dot segment.
class PathRewrite {
 public:
  /// The error is a sentence.
  static boost::system::result<PathRewrite, std::string> parse(std::string_view text);

  /// The path and, with `?`, the query for the upstream. `query` is the client's, whose parameters
  /// follow those of the replacement and take the place of those with the same name.
  [[nodiscard]] boost::system::result<std::string, BadTarget> apply(const Captures& captures,
                                                                    std::string_view query) const;

  /// The highest group that is asked for; 0 if none is.
  [[nodiscard]] std::size_t groups() const noexcept { return groups_; }

 private:
  struct Piece {
    std::string text;       // first this,
    std::size_t group = 0;  // then this, unless it is the last piece
  };
  /// Pieces with a group between each two.
  using Pieces = std::vector<Piece>;

  static void fill(const Pieces& pieces, const Captures& captures, std::string& out);
  static bool parse_pieces(std::string_view text, bool is_path, Pieces& pieces);

  Pieces path_;
  Pieces query_;
  std::size_t groups_ = 0;
};

/// "/a" and "b=c" → "/a?b=c". Without a query there is no question mark, unless the client's
/// request had one.
void append_target(std::string& out, std::string_view path, std::string_view query, bool has_query);

}  // namespace rig::proxy
