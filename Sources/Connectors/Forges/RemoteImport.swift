import CanonicalJSON
import Crypto
import Decoding
import Reputation

/// The way through one project of a forge, step by step; where it is can be kept and taken up again.
protocol ForgeWalk: AnyObject {
    var adapter: String { get }
    var locator: String { get }
    /// Where the walk is between two steps.
    var position: JSON { get }
    /// How far it is: records done, and in all where that is known.
    var progress: (done: Int64, total: Int64) { get }

    /// Takes the walk up at a `position` of an earlier one.
    func resume(at position: JSON) throws(Refusal)
    /// Takes in what an earlier walk noted.
    func recall(_ notes: [String: String])
    /// The next step: what it found, or nil at the end.
    func step(_ client: RestClient, observedAt: Instant) async throws -> ForgeStep?
}

/// What one step of a walk found.
struct ForgeStep {
    var records: [Record] = []
    /// When what was found happened.
    var moments: [Instant] = []
    /// What to keep once the records are stored.
    var notes: [String: String] = [:]

    /// Adds what came of the document at `position`.
    mutating func add(_ position: String, _ outcome: Record.Outcome, at moment: Instant? = nil) {
        self.records.append(Record(position: position, outcome: outcome))
        if let moment { self.moments.append(moment) }
    }

    /// Adds what `parse` makes of the document `bytes`; one that makes no sense is put aside.
    mutating func add(
        _ position: String, of bytes: [UInt8], _ parse: () throws(Refusal) -> (mapped: Mapped, moment: Instant?)
    ) {
        do {
            let (mapped, moment) = try parse()
            self.add(position, .mapped(mapped), at: moment)
        } catch {
            self.add(position, .quarantined(Quarantined(reason: error.reason, digest: SHA256.hash(bytes).hex)))
        }
    }
}

/// Reads a project of a forge through its API.
///
/// Records are handed out in the order of the steps. The cursor is where the walk was before the step whose records are not
/// all handed out yet, so what is resumed may come twice and nothing is left out.
public final class RemoteImport: RemoteSource {
    private let walk: any ForgeWalk
    private let client: RestClient
    private let observedAt: Instant
    private var waiting: [Record] = []
    private var notes: [String: String] = [:]
    private var isAtEnd = false
    private var cursorBefore: String
    /// What was covered so far.
    public private(set) var coverage = Coverage()

    init(
        _ walk: any ForgeWalk, client: RestClient, observedAt: Instant, resumingAfter cursor: String?
    ) throws(ReadError) {
        self.walk = walk
        self.client = client
        self.observedAt = observedAt
        self.cursorBefore = walk.position.canonical
        guard let cursor else { return }
        do {
            try self.walk.resume(at: Place(parsing: cursor.utf8).value)
        } catch {
            throw ReadError(kind: .foreignCursor, file: walk.locator, offset: 0, detail: error.reason)
        }
        self.cursorBefore = cursor
    }

    /// Itself.
    public var remote: (any RemoteSource)? { self }
    /// The forge's connector.
    public var adapter: String { self.walk.adapter }
    /// The project, at the API's address.
    public var locator: String { self.walk.locator }
    /// Records, of as many as the forge says there are.
    public var progress: ImportProgress {
        ImportProgress(done: self.walk.progress.done, total: self.walk.progress.total, unit: .records)
    }
    /// Where the walk goes on.
    public var cursor: String { self.waiting.isEmpty ? self.walk.position.canonical : self.cursorBefore }

    /// Takes steps until one finds something.
    public func fill() async throws {
        while self.waiting.isEmpty, !self.isAtEnd {
            self.cursorBefore = self.walk.position.canonical
            do {
                guard let step = try await self.walk.step(self.client, observedAt: self.observedAt) else {
                    self.isAtEnd = true
                    self.coverage.complete = true
                    return
                }
                for index in step.records.indices {
                    self.coverage.count(index == 0 ? step.moments.min() : step.moments.max())
                }
                if step.records.count == 1, let last = step.moments.max() { self.coverage.extend(to: last) }
                self.waiting = step.records.reversed()
                self.notes.merge(step.notes) { $1 }
            } catch {
                self.isAtEnd = true
                let error = (error as? Refusal).map { RemoteError(address: self.locator, reason: $0.reason) } ?? error
                self.coverage.reason = "\(error)"
                throw error
            }
        }
    }

    /// The next record that was fetched.
    public func next() -> Record? { self.waiting.popLast() }

    /// See `RemoteSource`.
    public func recall(_ notes: [String: String]) { self.walk.recall(notes) }

    /// See `RemoteSource`.
    public func takeNotes() -> [String: String] {
        guard self.waiting.isEmpty else { return [:] }
        defer { self.notes = [:] }
        return self.notes
    }
}
