import Crypto
public import Decoding
import Foundation
public import Reputation

/// `Packages` and `Sources` of a Debian archive, as apt has them: who maintains what, and how many other maintainers
/// depend on it.
///
/// All files are read before the first record comes, because dependents are known only then; what is kept of a stanza
/// is its names. The evidence of a source package comes with its stanza in `Sources`, or where that index is not at
/// hand with its first binary in `Packages`, which knows the maintainer and no uploaders.
public final class DebianIndex: Source {
    /// `debian`.
    public static let adapter = "debian"

    /// `debian`.
    public var adapter: String { DebianIndex.adapter }
    /// The files' names, which name the archive and the suite.
    public var locator: String { self.files.map(\.name).joined(separator: " ") }
    /// Stanzas; the total is known from the first record on.
    public private(set) var progress = ImportProgress(done: 0, total: 0, unit: .stanzas)
    /// The SHA-256 over the files and the number of the last record.
    public var cursor: String { "\(self.digest):\(self.progress.done)" }
    /// The dates of the suites.
    public private(set) var coverage = Coverage()

    private let files: [IndexFile]
    private let observedAt: Instant
    private let digest: String
    private var entries: [Entry] = []
    private var dependents = Dependents()
    private var externalOwners: [String: Int] = [:]
    /// The stanza that speaks for a source package of a version.
    private var speakers: [String: Int] = [:]
    private var hasRead = false
    private var toSkip = 0
    private var failure: (any Error)?

    /// A stanza that was read: which file it is of, and what it says or why that is not known.
    struct Entry {
        let file: Int
        let number: Int
        let digest: Digest
        let package: Result<Package, Refusal>

        /// Nil for a stanza that was refused; `next` says why when its turn comes.
        var index: Package.Index? {
            guard case .success(let package) = self.package else { return nil }
            return package.index
        }
    }

    /// Opens the index files at `paths`.
    ///
    /// - Parameters:
    ///   - observedAt: when the files were taken over; the date of the facts when no release file lies beside them.
    ///   - cursor: where an earlier import of the same files stopped.
    /// - Throws: `ReadError`, `foreignCursor` among them when `cursor` belongs to other content.
    public init(paths: [String], observedAt: Instant, resumingAfter cursor: String? = nil) throws(ReadError) {
        self.files = try paths.map(IndexFile.init)
        self.observedAt = observedAt
        var hash = SHA256()
        for path in paths { hash.update(try fileDigest(path: path).utf8) }
        self.digest = hash.finish().hex
        guard let cursor else { return }
        let parts = cursor.split(separator: ":")
        guard parts.count == 2, parts[0] == self.digest, let last = Int(parts[1]), last >= 0 else {
            throw ReadError(
                kind: .foreignCursor, file: self.files.map(\.name).joined(separator: " "), offset: 0,
                detail: "are not the files the cursor belongs to")
        }
        self.toSkip = last
    }

    /// The index files apt keeps in `folder`, by name; empty when it keeps none.
    public static func files(in folder: String = "/var/lib/apt/lists") throws(ReadError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.contains("_dists_") && ($0.contains("_Packages") || $0.contains("_Sources")) }
                .sorted().map { "\(folder)/\($0)" }
        } catch {
            let name = URL(fileURLWithPath: folder).lastPathComponent
            throw ReadError(kind: .unreadable, file: name, offset: 0, detail: "cannot be listed")
        }
    }

    /// The next stanza.
    ///
    /// - Throws: `ReadError` or `ProgramError`, after the stanzas that could be read: without the others nobody's
    ///   dependents are complete, so such facts carry no count of them.
    public func next() throws -> Record? {
        if !self.hasRead { self.read() }
        let position = Int(self.progress.done)
        guard position < self.entries.count else {
            if let failure = self.failure { throw failure }
            self.coverage.complete = true
            return nil
        }
        self.progress.done += 1
        let entry = self.entries[position]
        self.coverage.count(self.files[entry.file].published)
        return self.record(entry, at: position)
    }

    private func read() {
        self.hasRead = true
        do {
            for file in self.files.indices { try self.read(file) }
            self.externalOwners = self.dependents.knowsBinaries ? self.dependents.externalOwners() : [:]
        } catch {
            self.failure = error
            self.coverage.reason = "an index could not be read to its end"
        }
        self.progress.total = Int64(self.entries.count)
        self.progress.done = Int64(min(self.toSkip, self.entries.count))
    }

    private func read(_ file: Int) throws {
        let (stream, program) = try self.files[file].open()
        let stanzas = StanzaReader(stream, wanted: Package.fields)
        while let stanza = try stanzas.next() {
            let package = Result { () throws(Refusal) in try Package(stanza) }
            self.entries.append(Entry(file: file, number: stanza.number, digest: stanza.digest, package: package))
            guard case .success(let package) = package, !package.isExtra else { continue }
            self.dependents.add(package)
            let speaker = self.speakers[package.release].map { self.entries[$0] }
            if speaker == nil || package.index == .sources && speaker?.index != .sources {
                self.speakers[package.release] = self.entries.count - 1
            }
        }
        try program?.finish()
    }

    private func record(_ entry: Entry, at position: Int) -> Record {
        let place = "\(self.files[entry.file].name) stanza \(entry.number)"
        switch entry.package {
        case .failure(let refusal):
            let quarantined = Quarantined(reason: refusal.reason, digest: entry.digest.hex)
            return Record(position: place, outcome: .quarantined(quarantined))
        case .success(let package):
            return Record(position: place, outcome: .mapped(self.mapped(package, entry, at: position)))
        }
    }

    private func mapped(_ package: Package, _ entry: Entry, at position: Int) -> Mapped {
        if package.isExtra { return .ignored("kept_for_another_version") }
        let speaker = self.speakers[package.release]!
        guard speaker == position else {
            let isTold = entry.index != .sources && self.entries[speaker].index == .sources
            return .ignored(isTold ? "told_by_its_source" : "same_source_package")
        }
        let file = self.files[entry.file]
        var measures: [Evidence.Measure: Int64] = [:]
        measures[.binaries] = Int64(self.dependents.binaryCount(of: package.source) ?? package.binaries.count)
        measures[.externalDependents] = self.externalOwners[package.source].map(Int64.init)
        return package.mapped(
            measures: measures, occurredAt: file.published ?? self.observedAt, observedAt: self.observedAt,
            source: Evidence.Source(
                adapter: DebianIndex.adapter, class: .registry, locator: file.name, digest: entry.digest.hex))
    }
}
