internal import CCurl
internal import Foundation

/// One request under way, with what has come of its answer; its thread's alone.
///
/// Owns its handle of libcurl's from `open` to `close`, and is kept by its `Exchanger` meanwhile, so the pointer to it that
/// libcurl has is never one to nothing.
@safe final class Transfer {
    /// The most redirects that are followed, and the most bytes of header fields that are read.
    private static let redirectLimit = 10
    private static let headLimit = 256 * 1024

    let id: Int
    private(set) var request: OutgoingRequest
    private(set) var handle: UnsafeMutableRawPointer?
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let continuation: CheckedContinuation<Outcome, Never>
    private let deadline: ContinuousClock.Instant
    private var redirects = 0
    private var headers = Headers()
    private var headBytes = 0
    private var body: [UInt8] = []
    private var isTooLarge = false

    init(_ order: Order) {
        self.id = order.id
        self.request = order.request
        self.continuation = order.continuation
        self.deadline = ContinuousClock.now + order.request.timeout
    }

    /// A new handle for the request; nil where libcurl takes the address for none.
    func open() -> UnsafeMutableRawPointer? {
        (self.headers, self.headBytes, self.body) = (Headers(), 0, [])
        // libcurl would name a type and wait for a go-ahead of its own accord.
        for (name, value) in [("Expect", ""), ("Content-Type", "")] where self.request.headers[name] == nil {
            unsafe self.fields = curl_slist_append(self.fields, "\(name):\(value)")
        }
        for (name, value) in self.request.headers {
            unsafe self.fields = curl_slist_append(self.fields, value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        let left = max(1, (self.deadline - ContinuousClock.now) / .milliseconds(1))
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        let (method, url, limit) = (self.request.method, self.request.url, self.request.bodyBytes)
        if let body = self.request.body {
            unsafe self.handle = (body + [0]).withUnsafeBytes { bytes in
                unsafe http_transfer(
                    method, url, self.fields, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                    curl_off_t(body.count), Int(left), curl_off_t(limit), owner, headReceived, bodyReceived)
            }
        } else {
            unsafe self.handle = http_transfer(
                method, url, self.fields, nil, 0, Int(left), curl_off_t(limit), owner, headReceived, bodyReceived)
        }
        if let handle = unsafe self.handle, method == "HEAD" { unsafe http_expect_no_body(handle) }
        return unsafe self.handle
    }

    /// Gives the handle back to libcurl; it must be with no multi handle any more.
    func close() {
        unsafe curl_easy_cleanup(self.handle)
        unsafe curl_slist_free_all(self.fields)
        unsafe self.handle = nil
        unsafe self.fields = nil
    }

    func answer(_ outcome: Outcome) { self.continuation.resume(returning: outcome) }

    /// A line of the head came; whether to go on.
    func receiveHead(_ line: String) -> Bool {
        self.headBytes += line.utf8.count
        guard self.headBytes <= Transfer.headLimit else { return false }
        if line.hasPrefix("HTTP/") {
            self.headers = Headers()  // An interim answer, or another try, came before it.
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            self.headers.append(
                String(line[..<colon]), String(value.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        return true
    }

    /// Bytes of the body came, their coding removed; whether to go on.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard self.body.count + bytes.count <= self.request.bodyBytes else {
            self.isTooLarge = true
            return false
        }
        unsafe self.body.append(contentsOf: bytes)
        return true
    }

    /// Whether the answer sends the request on within its scheme, host and port, and it can be begun again for that.
    func redirect() -> Bool {
        guard let handle = unsafe self.handle, let target = unsafe http_redirection(handle),
            self.redirects < Transfer.redirectLimit
        else { return false }
        let url = unsafe String(cString: target)
        guard Transfer.isSameOrigin(self.request.url, url) else { return false }
        self.redirects += 1
        self.request.url = url
        let status = unsafe http_status(handle)
        if status == 303 ? self.request.method != "HEAD" : status < 303 && self.request.method == "POST" {
            self.request.method = "GET"
            self.request.body = nil
        }
        return true
    }

    private static func isSameOrigin(_ left: String, _ right: String) -> Bool {
        guard let left = URL(string: left), let right = URL(string: right) else { return false }
        return left.scheme?.lowercased() == right.scheme?.lowercased()
            && left.host?.lowercased() == right.host?.lowercased() && left.port == right.port
    }

    /// What the request came to, once libcurl has ended it with `code`.
    func outcome(_ code: CURLcode) -> Outcome {
        switch code {
        case CURLE_OK:
            let status = unsafe self.handle.map { unsafe http_status($0) } ?? 0
            return .success(ClientResponse(status: Int(status), headers: self.headers, body: self.body))
        case CURLE_OPERATION_TIMEDOUT: return .failure(.timedOut)
        case CURLE_FILESIZE_EXCEEDED: return .failure(.bodyTooLarge(limit: self.request.bodyBytes))
        case CURLE_WRITE_ERROR where self.isTooLarge: return .failure(.bodyTooLarge(limit: self.request.bodyBytes))
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .failure(.badURL(self.request.url))
        default: return .failure(.unreachable(unsafe String(cString: curl_easy_strerror(code))))
        }
    }
}

// What libcurl calls, with the transfer as owner. Any other number than that of the bytes given breaks the transfer off.

private func headReceived(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
    guard let bytes = unsafe bytes, let owner = unsafe owner else { return 0 }
    let line = unsafe String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
    return unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().receiveHead(line) ? size * count : 0
}

private func bodyReceived(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
    guard let owner = unsafe owner else { return 0 }
    let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue().receiveBody(buffer) ? size * count : 0
}
