internal import CanonicalJSON
internal import Credentials
internal import Crypto
internal import Postgres
internal import Store
internal import Transparency

extension Check {
    /// What is said of erasures of the journal that this database lacks.
    public static let pendingErasure = "are not carried out in this database yet; serve or import does it"
    /// The same of changes of credentials' statuses.
    public static let pendingStatus =
        "of credentials are not in this database as the journal has them; serve or import does it"

    /// Compares what is missing with what was erased: entries of facts without their fact are as many as the erasures say
    /// that were deleted, and every erasure's entry opens to what it says.
    func checkErasures(_ report: inout CheckReport, on connection: isolated Connection) throws {
        report.lost = try connection.lostEntries()
        var erased: Int64 = 0
        for row in try connection.run(.erasures) {
            let index = try row.int(0)
            guard let salt = try row.bytesOrNil(1), let text = try row.textOrNil(2) else {
                report.add(.erasure, "the erasure of entry \(index)", "cannot be opened: its row is missing")
                continue
            }
            // A text that is no JSON is not the one committed to, and that is what is reported.
            guard let document = try? JSON(parsing: text.utf8), document.canonical == text,
                let facts = document["facts"]?.int, let others = document["facts_of_others"]?.int,
                facts >= 0, others >= 0, try row.text(3) == LedgerEntry.Kind.erasure.rawValue,
                Disclosure(document, salt: salt).digest.base64URL == (try row.text(4))
            else {
                report.add(.erasure, "the erasure of entry \(index)", "says something else than was committed to")
                continue
            }
            erased += facts + others
        }
        let row = try connection.run(.disclosuresMissing)[0]
        let (missing, lost) = (try row.int(0), try row.int(1))
        // What was lost may have been erased as well: whoever restored a backup cannot tell any more.
        if missing - lost > erased {
            report.add(
                .erasure, "\(missing - lost) entries",
                "have lost their fact, and erasures account for \(erased) of them")
        }
        if missing < erased {
            report.add(
                .erasure, "\(erased) facts", "were erased, and only \(missing) entries have none: some came back")
        }
    }
}
