/// An answer, whole. `Date`, `Content-Length` and `Connection` are the server's to write.
public struct Response: Sendable {
    /// The status code, 200 to 599.
    public var status: Int
    /// Header fields in order; a name may come twice. One with a line break in it makes the answer a bare 500.
    public var headers: [(String, String)]
    /// The body; not sent to `HEAD`, nor with 204 and 304.
    public var body: [UInt8]

    /// An answer of `status` with those fields and that body.
    public init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// `text` as `text/plain` in UTF-8.
    public static func text(_ text: String, status: Int = 200) -> Response {
        Response(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    /// `text`, which is JSON already, as `application/json`.
    public static func json(_ text: String, status: Int = 200) -> Response {
        Response(status: status, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
    }
}
