internal import Arguments
internal import CanonicalJSON
internal import Foundation
internal import Reputation
internal import Service

/// How fast this machine issues and verifies credentials, on one core and without a database.
enum MeasureCredentials {
    private static let rounds = 5
    private static let batch = 2_000

    static func run(_ arguments: Arguments) throws -> Bool {
        try arguments.allow([])
        let load = try CredentialLoad(now: Instant(seconds: Int64(Date().timeIntervalSince1970)))
        let clock = ContinuousClock()
        var (rates, times, size): ([Double], [Double], Int) = ([], [], 0)
        for _ in 0..<self.rounds {
            let issuing = try clock.measure { for _ in 0..<self.batch { size = try load.issue() } }
            rates.append(Double(self.batch) / (issuing / .seconds(1)))
            for _ in 0..<20 {
                var isValid = false
                let verifying = clock.measure { isValid = load.verify() }
                guard isValid else { throw UsageError(reason: "the bundle that was made does not verify") }
                times.append(verifying / .milliseconds(1))
            }
        }
        let (rate, time) = (rates.sorted()[rates.count / 2], times.sorted()[times.count / 2])
        let json: JSON = [
            "issue_per_s": .int(Int64(rate)), "verify_us": .int(Int64(time * 1_000)),
            "credential_bytes": .int(Int64(size)), "disclosures": .int(Int64(CredentialLoad.disclosures)),
            "bundle_bytes": .int(Int64(load.bundle.count)), "facts": .int(Int64(CredentialLoad.facts)),
        ]
        Operate.report(
            json, "\(Int(rate)) credentials issued a second, a bundle of 100 facts verified in \(time) ms", arguments)
        return true
    }
}
