internal import CanonicalJSON
internal import Store

/// Every change of a credential's status, in a journal outside the database: who revoked once need not do it again because a
/// backup was restored.
public struct StatusJournal: Sendable {
    private let journal: Journal

    /// The journal at `path`, which need not be there yet.
    public init(path: String, keys: Keys) { self.journal = Journal(path: path, name: "status-journal", keys: keys) }

    /// What the status at each place was changed to last; revoked is for good.
    ///
    /// - Throws: `JournalError`.
    func statuses() throws(JournalError) -> [StatusPlace: StatusChange] {
        var last: [StatusPlace: StatusChange] = [:]
        for change in try self.journal.events({ StatusChange($0) })
        where last[change.place]?.state != StatusChange.revoked {
            last[change.place] = change
        }
        return last
    }

    /// Writes `change` down; it is on disk when this returns.
    ///
    /// For one writer at a time: the caller holds the ledger's lock.
    /// - Throws: `JournalError`, and then the change must not be committed.
    func append(_ change: StatusChange) throws(JournalError) { try self.journal.append(change.json) }
}

extension StatusChange {
    /// The state that is for good.
    static let revoked: UInt8 = 1

    fileprivate var json: JSON {
        [
            "credential": .string(self.credential), "list": .int(self.place.list), "place": .int(self.place.index),
            "state": .int(Int64(self.state)), "v": 1,
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard json["v"] == 1, let credential = json["credential"]?.string, let list = json["list"]?.int,
            let place = json["place"]?.int, let state = json["state"]?.int, (0...2).contains(state)
        else { return nil }
        self.init(credential: credential, place: StatusPlace(list: list, index: place), state: UInt8(state))
    }
}
