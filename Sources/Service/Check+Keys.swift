internal import Postgres
internal import Store
internal import Transparency

/// What was said of keys must open its entries, and be what the state directory remembers.
extension Check {
    /// Something wrong with what the database says of a key.
    struct WrongKey {
        let finding: Finding
        /// The entry whose record is wrong.
        let index: Int64?
        /// The record that opens it, where one is at hand.
        let remedy: KeyRecord?
    }

    /// What the database says of keys, as far as it opens entries, and what the state directory says beyond it.
    func book(on connection: isolated Connection) throws -> KeyBook {
        let rows = try KeyRecord.read(connection.run(.issuerKeys))
        let known =
            rows + (try self.stated()).filter { stated in !rows.contains { $0.entryIndex == stated.entryIndex } }
        return KeyBook(try known.filter { try self.opens($0, on: connection) }.sorted { $0.entryIndex < $1.entryIndex })
    }

    /// What is wrong with the records of keys.
    func keys(on connection: isolated Connection) throws -> [WrongKey] {
        let rows = try KeyRecord.read(connection.run(.issuerKeys))
        let stated = try self.stated().filter { try self.opens($0, on: connection) }
        var wrong: [WrongKey] = []
        func add(_ problem: String, at index: Int64?, remedy: KeyRecord?) {
            let place = index.map { "the record of a key of entry \($0)" } ?? "the keys in the state directory"
            wrong.append(
                WrongKey(finding: Finding(kind: .key, place: place, problem: problem), index: index, remedy: remedy))
        }
        for row in rows where !(try self.opens(row, on: connection)) {
            let remedy = stated.first { $0.entryIndex == row.entryIndex }
            add("is not what the entry commits to", at: row.entryIndex, remedy: remedy)
        }
        for record in stated where !rows.contains(where: { $0.entryIndex == record.entryIndex }) {
            add("is missing", at: record.entryIndex, remedy: record)
        }
        if wrong.isEmpty {
            let origin = try connection.ledgerHead()?.origin
            do throws(KeysChanged) {
                try KeyBook(rows).check(self.authority, origin: origin)
            } catch {
                add("are not those that sign: \(error)", at: nil, remedy: nil)
            }
        }
        return wrong
    }

    /// Whether `record` says what its document says, and that opens its entry.
    private func opens(_ record: KeyRecord, on connection: isolated Connection) throws -> Bool {
        guard record.isConsistent else { return false }
        let entries = try LedgerEntry.read(connection.run(.entries(from: record.entryIndex, count: 1)))
        return entries.first == record.entry
    }
}
