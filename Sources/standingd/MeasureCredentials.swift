internal import Arguments
internal import CanonicalJSON
internal import Foundation
internal import Reputation
internal import Service

/// How fast this machine issues and verifies credentials, without a database: issuing on one core and on all of them, verifying
/// on one.
enum MeasureCredentials {
    private static let rounds = 5
    private static let batch = 2_000

    static func run(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow([])
        let load = try CredentialLoad(now: Instant(seconds: Int64(Date().timeIntervalSince1970)))
        let clock = ContinuousClock()
        var (rates, together, times, size): ([Double], [Double], [Double], Int) = ([], [], [], 0)
        for _ in 0..<self.rounds {
            let issuing = try clock.measure { for _ in 0..<self.batch { size = try load.issue() } }
            rates.append(Double(self.batch) / (issuing / .seconds(1)))
            together.append(try await self.issuingOnAllCores(load, clock))
            for _ in 0..<20 {
                var isValid = false
                let verifying = clock.measure { isValid = load.verify() }
                guard isValid else { throw UsageError(reason: "the bundle that was made does not verify") }
                times.append(verifying / .milliseconds(1))
            }
        }
        let (rate, all) = (rates.sorted()[rates.count / 2], together.sorted()[together.count / 2])
        let time = times.sorted()[times.count / 2]
        let json: JSON = [
            "issue_per_s": .int(Int64(all)), "issue_per_s_one_core": .int(Int64(rate)),
            "verify_us": .int(Int64(time * 1_000)),
            "credential_bytes": .int(Int64(size)), "disclosures": .int(Int64(CredentialLoad.disclosures)),
            "bundle_bytes": .int(Int64(load.bundle.count)), "facts": .int(Int64(CredentialLoad.facts)),
        ]
        Operate.report(
            json,
            "\(Int(all)) credentials issued a second, \(Int(rate)) on one core; a bundle of 100 facts verified in \(time) ms",
            arguments)
        return true
    }

    /// Credentials a second with as many tasks as there are cores.
    private static func issuingOnAllCores(_ load: CredentialLoad, _ clock: ContinuousClock) async throws -> Double {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let took = try await clock.measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<cores { group.addTask { for _ in 0..<self.batch { _ = try load.issue() } } }
                try await group.waitForAll()
            }
        }
        return Double(cores * self.batch) / (took / .seconds(1))
    }
}
