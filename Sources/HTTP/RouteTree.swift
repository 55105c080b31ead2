/// What stands between the slashes, the first one left out.
func segments(of path: String) -> [Substring.UTF8View] {
    path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
        Substring($0).utf8
    }
}

/// One part of a pattern.
enum Segment {
    case literal(String)
    case parameter(name: String, suffix: String)
    case rest(name: String)

    init(_ bytes: Substring.UTF8View) {
        let text = String(Substring(bytes))
        guard text.hasPrefix("{"), let close = text.lastIndex(of: "}") else {
            self = .literal(text)
            return
        }
        let name = text[..<close].dropFirst()
        self =
            name.hasSuffix("...")
            ? .rest(name: String(name.dropLast(3)))
            : .parameter(name: String(name), suffix: String(text[close...].dropFirst()))
    }

    var name: String? {
        switch self {
        case .literal: nil
        case .parameter(let name, _), .rest(let name): name
        }
    }
}

/// The handlers of one pattern by method, each with the names its own spelling gives the parameters.
struct Leaf<Handler> {
    private var handlers: [String: (handler: Handler, names: [String])] = [:]

    var isEmpty: Bool { self.handlers.isEmpty }

    mutating func add(_ method: String, _ handler: Handler, _ names: [String]) {
        precondition(self.handlers[method] == nil, "\(method) is routed twice")
        self.handlers[method] = (handler, names)
    }

    func match(_ method: String, _ values: [String]) -> Router<Handler>.Match {
        if let found = self.handlers[method] ?? (method == "HEAD" ? self.handlers["GET"] : nil) {
            return .found(found.handler, Parameters(names: found.names, values: values))
        }
        var allow = Set(self.handlers.keys)
        if allow.contains("GET") { allow.insert("HEAD") }
        return .methodNotAllowed(allow: allow.sorted())
    }
}

/// A place in the tree of patterns.
struct Node<Handler> {
    private var literals: [String: Node] = [:]
    private var suffixes: [(suffix: String, node: Node)] = []
    /// None or one.
    private var parameter: [Node] = []
    private var leaf = Leaf<Handler>()
    private var rest = Leaf<Handler>()

    mutating func leaf(at path: ArraySlice<Segment>, _ change: (inout Leaf<Handler>) -> Void) {
        switch path.first {
        case nil:
            change(&self.leaf)
        case .literal(let text):
            self.literals[text, default: Node()].leaf(at: path.dropFirst(), change)
        case .parameter(_, ""):
            if self.parameter.isEmpty { self.parameter = [Node()] }
            self.parameter[0].leaf(at: path.dropFirst(), change)
        case .parameter(_, let suffix):
            if !self.suffixes.contains(where: { $0.suffix == suffix }) { self.suffixes.append((suffix, Node())) }
            for index in self.suffixes.indices where self.suffixes[index].suffix == suffix {
                self.suffixes[index].node.leaf(at: path.dropFirst(), change)
            }
        case .rest:
            precondition(path.count == 1, "{rest...} ends a pattern")
            change(&self.rest)
        }
    }

    /// Follows `path` from here; `values` has the parameters' values if it leads somewhere.
    func find(_ path: ArraySlice<Substring.UTF8View>, _ values: inout [String]) -> Leaf<Handler>? {
        guard let segment = path.first else { return self.leaf.isEmpty ? nil : self.leaf }
        if !self.literals.isEmpty, let node = self.literals[String(Substring(segment))],
            let leaf = node.find(path.dropFirst(), &values)
        {
            return leaf
        }
        for (suffix, node) in self.suffixes where segment.count > suffix.utf8.count {
            guard segment.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else { continue }
            if let leaf = node.find(path, segment.dropLast(suffix.utf8.count), &values) { return leaf }
        }
        if let node = self.parameter.first, !segment.isEmpty, let leaf = node.find(path, segment, &values) {
            return leaf
        }
        if !self.rest.isEmpty, let value = restOfPath(path) {
            values.append(value)
            return self.rest
        }
        return nil
    }

    /// Takes `value` for a parameter and follows what comes after it; undoes that if it leads nowhere.
    private func find(
        _ path: ArraySlice<Substring.UTF8View>, _ value: Substring.UTF8View, _ values: inout [String]
    ) -> Leaf<Handler>? {
        guard let value = percentDecoded(value) else { return nil }
        values.append(value)
        if let leaf = self.find(path.dropFirst(), &values) { return leaf }
        values.removeLast()
        return nil
    }
}

extension Leaf: Sendable where Handler: Sendable {}
extension Node: Sendable where Handler: Sendable {}

/// The decoded rest of a path; nil where it is empty or has a segment that could lead out of a folder.
private func restOfPath(_ path: ArraySlice<Substring.UTF8View>) -> String? {
    var decoded: [String] = []
    for segment in path {
        guard let text = percentDecoded(segment), text != ".", text != "..", !text.utf8.contains(UInt8(ascii: "/"))
        else { return nil }
        decoded.append(text)
    }
    let rest = decoded.joined(separator: "/")
    return rest.isEmpty ? nil : rest
}
