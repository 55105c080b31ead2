/// A request, whole: its body has been read.
public struct Request: Sendable {
    /// A query parameter, both sides decoded.
    public typealias Parameter = (name: String, value: String)

    /// The method as sent, such as `GET`.
    public var method: String
    /// The path as sent, still percent-encoded: a router splits it on `/` before it decodes.
    public var path: String
    /// The parameters of the query in their order, `+` and percent-encoding decoded.
    public var query: [Parameter]
    /// The header fields.
    public var headers: Headers
    /// The body, chunked coding removed.
    public var body: [UInt8]
    /// The peer's numeric address; behind a reverse proxy, the proxy's.
    public var remoteAddress: String
    /// What to call this request in logs: its `X-Request-Id` if that is 1 to 64 of `A-Z a-z 0-9 . _ -`, else a fresh one.
    public var id: String

    /// A request made by hand, for calling a handler without a server.
    public init(
        _ method: String, _ path: String, query: [Parameter] = [], headers: Headers = [:], body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1", id: String = "made-by-hand"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.id = id
    }

    /// The value of the first query parameter of that name.
    public func parameter(_ name: String) -> String? {
        self.query.first { $0.name == name }?.value
    }
}

/// Whether a client's request id may stand in our logs and answers.
func isWellFormedID(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count)
        && id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
}
