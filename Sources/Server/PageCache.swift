internal import Store
internal import Synchronization

/// Pages of profiles as they were last written, each under the version of what it is made from.
///
/// Nothing is shown from here that was not asked about in the same request: the version comes from the database each
/// time, so a hidden profile is gone at once, and a page whose facts changed is not found any more.
final class PageCache: Sendable {
    /// What is under a page: whose it is, and what it was made from.
    struct Key: Hashable {
        let handle: String
        let version: PageVersion
    }

    private struct State {
        var pages: [String: (key: Key, bytes: [UInt8])] = [:]
        var order: [String] = []
        var size = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// An empty cache that keeps up to `limit` bytes of pages.
    init(limit: Int = 32 << 20) { self.limit = limit }

    /// The page of `key`, nil when it is not kept.
    func page(_ key: Key) -> [UInt8]? {
        self.state.withLock { state in
            guard let kept = state.pages[key.handle], kept.key == key else { return nil }
            return kept.bytes
        }
    }

    /// Keeps `bytes` as the page of `key`, in place of another version; the pages kept longest give way.
    func keep(_ bytes: [UInt8], as key: Key) {
        guard bytes.count <= self.limit else { return }
        self.state.withLock { state in
            if let old = state.pages.updateValue((key, bytes), forKey: key.handle) {
                state.size -= old.bytes.count
            } else {
                state.order.append(key.handle)
            }
            state.size += bytes.count
            while state.size > self.limit {
                let oldest = state.order.removeFirst()
                state.size -= state.pages.removeValue(forKey: oldest)?.bytes.count ?? 0
            }
        }
    }
}
