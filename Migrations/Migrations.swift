/// One step of the schema, as it stands in the file of its name.
public struct Migration: Sendable {
    /// Its place in the order, from 1.
    public let number: Int64
    /// The file's name without the ending.
    public let name: String
    /// The SQL.
    public let text: String

    private init(_ number: Int64, _ name: String, _ bytes: [UInt8]) {
        self.number = number
        self.name = name
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// The number of the last step.
    public static var newest: Int64 { self.all.map(\.number).max() ?? 0 }

    /// Every step, in order.
    public static let all = [
        Migration(1, "0001_ledger", PackageResources._001_ledger_sql),
        Migration(2, "0002_evidence", PackageResources._002_evidence_sql),
        Migration(3, "0003_people", PackageResources._003_people_sql),
        Migration(4, "0004_service_role", PackageResources._004_service_role_sql),
        Migration(5, "0005_entry_lookup", PackageResources._005_entry_lookup_sql),
        Migration(6, "0006_publication", PackageResources._006_publication_sql),
        Migration(7, "0007_witness", PackageResources._007_witness_sql),
        Migration(8, "0008_erasure", PackageResources._008_erasure_sql),
        Migration(9, "0009_keys", PackageResources._009_keys_sql),
        Migration(10, "0010_losses", PackageResources._010_losses_sql),
        Migration(11, "0011_quarantine", PackageResources._011_quarantine_sql),
        Migration(12, "0012_webhooks", PackageResources._012_webhooks_sql),
        Migration(13, "0013_briefs", PackageResources._013_briefs_sql),
        Migration(14, "0014_credential_status", PackageResources._014_credential_status_sql),
        Migration(15, "0015_import_notes", PackageResources._015_import_notes_sql),
        Migration(16, "0016_triage", PackageResources._016_triage_sql),
        Migration(17, "0017_turns", PackageResources._017_turns_sql),
        Migration(18, "0018_whole_profiles", PackageResources._018_whole_profiles_sql),
        Migration(19, "0019_lean_keys", PackageResources._019_lean_keys_sql),
        Migration(20, "0020_found_by_briefs", PackageResources._020_found_by_briefs_sql),
        Migration(21, "0021_narrow_rows", PackageResources._021_narrow_rows_sql),
        Migration(22, "0022_partitions", PackageResources._022_partitions_sql),
        Migration(23, "0023_growth_is_noticed", PackageResources._023_growth_is_noticed_sql),
    ]
}
