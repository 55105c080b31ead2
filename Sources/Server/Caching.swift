internal import HTTP

/// How long an answer may be kept by whoever gets it.
enum Caching {
    /// The answer to this question never changes.
    case forEver
    /// It is asked for anew each time, and not sent again while its tag is the same.
    case whileTagged(String)

    /// The header fields that say so (RFC 9111, section 5.2; RFC 8246; RFC 9110, section 8.8.3).
    ///
    /// The tag is weak: two answers under it say the same, but a signature in them may be made anew.
    var headers: [(String, String)] {
        switch self {
        case .forEver: [("Cache-Control", "public, max-age=31536000, immutable")]
        case .whileTagged(let tag): [("Cache-Control", "no-cache"), ("ETag", "W/\"\(tag)\"")]
        }
    }
}

extension Exchange {
    /// 200 with `body` as `type`, or 304 without making it where the caller has it already.
    func answer(
        _ type: String, _ caching: Caching, body: () async throws -> [UInt8]
    ) async throws -> Response {
        if case .whileTagged(let tag) = caching, self.has(tag) {
            return Response(status: 304, headers: caching.headers)
        }
        return Response(
            status: 200, headers: [("Content-Type", type)] + caching.headers, body: try await body())
    }

    /// Whether `If-None-Match` has the tag, strong or weak, in a list or alone (RFC 9110, section 13.1.2).
    func has(_ tag: String) -> Bool {
        self.request.headers.all("If-None-Match").contains { field in
            field.split(separator: ",").contains { item in
                let item = item.filter { $0 != " " && $0 != "\t" }
                return item == "*" || item == "\"\(tag)\"" || item == "W/\"\(tag)\""
            }
        }
    }
}
