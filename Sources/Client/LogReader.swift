internal import Foundation
internal import HTTP
public import Transparency

/// Why a log could not be looked at. It says nothing about the log, only that nobody knows.
public enum LogReadError: Error, Equatable, CustomStringConvertible {
    /// There was no answer, or one that says to come back.
    case unavailable(path: String, reason: String)
    /// The answer is larger than anything of its kind.
    case tooLarge(path: String)

    /// What happened, in words.
    public var description: String {
        switch self {
        case .unavailable(let path, let reason): "\(path): \(reason)"
        case .tooLarge(let path): "\(path): the answer is larger than it can be"
        }
    }
}

/// Reads a log's static files (C2SP tlog-tiles), from its server or from a copy on disk. Nothing read is believed here.
public struct LogReader: Sendable {
    /// The log's prefix: an address or a directory that `checkpoint` and `tile/` lie in.
    public let prefix: String
    private let place: LogPlace
    /// How long to wait before each further attempt.
    private let pauses: [Duration]

    /// The log `evidence` below `address`, a service's URL or a directory; or `address` itself if it ends so.
    ///
    /// - Parameter pauses: how long to wait before each further attempt when there is no answer.
    /// - Throws: `ClientError.malformedServer` for a URL that is no address.
    public init(
        _ address: String, pauses: [Duration] = [.milliseconds(200), .seconds(1)]
    ) throws(ClientError) {
        let isWeb = address.contains("://")
        // The same addresses a client calls; it holds nothing that is used here.
        if isWeb { _ = try Client(server: address) }
        var base = address
        while base.count > 1, base.hasSuffix("/") { base.removeLast() }
        self.prefix = base.hasSuffix("/evidence") || base == "evidence" ? base : base + "/evidence"
        self.place = isWeb ? .web(WebPlace()) : .folder
        self.pauses = pauses
    }

    /// The signed checkpoint as it is served.
    ///
    /// - Throws: `LogReadError`; a log without a checkpoint could not be looked at.
    public func checkpoint() async throws(LogReadError) -> [UInt8] {
        let path = self.prefix + "/checkpoint"
        guard let bytes = try await self.read(path, limit: .note) else {
            throw .unavailable(path: path, reason: "there is no checkpoint")
        }
        return bytes
    }

    /// The bytes of `tile`, nil when the log says that it has none.
    ///
    /// A partial tile that is gone is cut from the full one, as the format advises.
    public func read(_ tile: Tile) async throws(LogReadError) -> [UInt8]? {
        let limit: ReadLimit = tile.kind == .entries ? .bundle : .hashes
        if let bytes = try await self.read("\(self.prefix)/\(tile.path)", limit: limit) { return bytes }
        guard !tile.isFull else { return nil }
        let whole = Tile(tile.kind, number: tile.number)
        return try await self.read("\(self.prefix)/\(whole.path)", limit: limit).map { tile.prefix(of: $0) }
    }

    /// The verifier key the service itself states, without its line end; a directory states none.
    public func verifierKey() async throws(LogReadError) -> String? {
        guard case .web = self.place else { return nil }
        let path = self.prefix.dropLast("/evidence".count) + "/v1/ledger/vkey"
        let bytes = try await self.read(String(path), limit: .note)
        return bytes.map { String(String(decoding: $0, as: UTF8.self).prefix { !$0.isNewline }) }
    }

    private func read(_ path: String, limit: ReadLimit) async throws(LogReadError) -> [UInt8]? {
        var pauses = self.pauses[...]
        while true {
            let answer: PlainAnswer =
                switch self.place {
                case .web(let web): await web.get(path, limit: limit)
                case .folder: fileAnswer(path, limit: limit)
                }
            switch answer {
            case .found(let bytes): return bytes
            case .nothing: return nil
            case .tooLarge: throw .tooLarge(path: path)
            case .unavailable(let reason, let isWorthAnother):
                guard isWorthAnother, let pause = pauses.popFirst() else {
                    throw .unavailable(path: path, reason: reason)
                }
                do { try await Task.sleep(for: pause) } catch { throw .unavailable(path: path, reason: "cancelled") }
            }
        }
    }
}

extension Tile {
    /// This tile out of the full one's bytes; of what is no tile all of it, for whoever verifies it.
    fileprivate func prefix(of bytes: [UInt8]) -> [UInt8] {
        guard self.kind == .entries else { return Array(bytes.prefix(self.width * 32)) }
        // A log that gives something else is found out by whoever verifies it against the root: cutting it would hide that.
        guard let entries = try? EntryBundle.decode(bytes) else { return bytes }
        return EntryBundle.encode(entries.prefix(self.width))
    }
}

/// Where files are read.
private enum LogPlace: Sendable {
    case web(WebPlace)
    case folder
}

/// The most that an answer may have.
private enum ReadLimit: Int {
    case note = 65_536
    case hashes = 8_192
    /// 256 entries of 4 KiB, the most the ledger takes, each after its length.
    case bundle = 1_049_088
}

/// What came of asking once.
private enum PlainAnswer {
    case found([UInt8])
    case nothing
    case tooLarge
    case unavailable(reason: String, isWorthAnother: Bool)
}

/// Files of a web server.
private struct WebPlace: Sendable {
    private let timeout = Duration.seconds(20)
    private let notes: HTTPClient
    private let hashes: HTTPClient
    private let bundles: HTTPClient

    init() {
        self.notes = HTTPClient(timeout: self.timeout, bodyBytes: ReadLimit.note.rawValue)
        self.hashes = HTTPClient(timeout: self.timeout, bodyBytes: ReadLimit.hashes.rawValue)
        self.bundles = HTTPClient(timeout: self.timeout, bodyBytes: ReadLimit.bundle.rawValue)
    }

    func get(_ url: String, limit: ReadLimit) async -> PlainAnswer {
        let client =
            switch limit {
            case .note: self.notes
            case .hashes: self.hashes
            case .bundle: self.bundles
            }
        let response: ClientResponse
        do throws(HTTPClientError) { response = try await client.get(url) } catch {
            if case .bodyTooLarge = error { return .tooLarge }
            return .unavailable(reason: error.description, isWorthAnother: error != .cancelled)
        }
        return switch response.status {
        case 200: .found(response.body)
        case 404, 410: .nothing
        case let status:
            .unavailable(reason: "answered \(status)", isWorthAnother: status >= 500 || status == 429)
        }
    }
}

/// The file at `path`.
private func fileAnswer(_ path: String, limit: ReadLimit) -> PlainAnswer {
    do {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        let bytes = try file.read(upToCount: limit.rawValue + 1) ?? Data()
        return bytes.count > limit.rawValue ? .tooLarge : .found(Array(bytes))
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
        return .nothing
    } catch {
        return .unavailable(reason: error.localizedDescription, isWorthAnother: false)
    }
}
