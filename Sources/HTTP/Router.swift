/// What stood in a path where its pattern has `{name}`, percent-decoded.
public struct Parameters: Sendable {
    let names: [String]
    let values: [String]

    /// The value of a parameter that the pattern has; asking for another traps.
    public subscript(name: String) -> String {
        guard let index = self.names.firstIndex(of: name) else {
            preconditionFailure("the pattern has no parameter {\(name)}")
        }
        return self.values[index]
    }
}

/// Finds what handles a method and path.
///
/// A pattern is a path whose segments are literal (`/v1/evidence:batch`), a parameter (`/v1/profiles/{handle}`), a
/// parameter with a literal end (`/badges/{handle}.svg`), or, last of all, the rest of the path
/// (`/evidence/tile/{level}/{rest...}`). Literal beats a literal end, which beats a parameter, which beats the rest.
/// A path without parameters is found in one look-up, others segment by segment.
public struct Router<Handler> {
    /// What a method and path came to.
    public enum Match {
        /// The handler, and the pattern's parameters.
        case found(Handler, Parameters)
        /// No pattern fits the path, or a parameter of it does not decode.
        case notFound
        /// A pattern fits, but for other methods: those, sorted, for `Allow`.
        case methodNotAllowed(allow: [String])
    }

    private var fixed: [String: Leaf<Handler>] = [:]
    private var root = Node<Handler>()
    /// Every method and pattern, in the order added.
    public private(set) var routes: [(method: String, pattern: String)] = []

    /// A router that finds nothing.
    public init() {}

    /// Has `handler` answer `method` on paths like `pattern`. Adding the same twice traps.
    public mutating func add(_ method: String, _ pattern: String, _ handler: Handler) {
        precondition(pattern.hasPrefix("/"), "a pattern starts with /: \(pattern)")
        self.routes.append((method, pattern))
        let segments = segments(of: pattern).map { Segment($0) }
        let names = segments.compactMap(\.name)
        if names.isEmpty {
            self.fixed[pattern, default: Leaf()].add(method, handler, names)
        } else {
            self.root.leaf(at: segments[...]) { $0.add(method, handler, names) }
        }
    }

    /// What handles `method` on `path`, which is still percent-encoded. `HEAD` is handled as `GET` unless added itself.
    public func match(_ method: String, _ path: String) -> Match {
        if let leaf = self.fixed[path] { return leaf.match(method, []) }
        guard path.utf8.first == UInt8(ascii: "/") else { return .notFound }
        var values: [String] = []
        guard let leaf = self.root.find(segments(of: path)[...], &values) else { return .notFound }
        return leaf.match(method, values)
    }
}

extension Router: Sendable where Handler: Sendable {}
extension Router.Match: Sendable where Handler: Sendable {}
