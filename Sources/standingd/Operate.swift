internal import Arguments
internal import CanonicalJSON
internal import Service
internal import Store

/// The operator's commands.
enum Operate {
    static func migrate(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow([])
        let deployment = try await Deployment.open(arguments)
        do {
            let names = try await deployment.migrate()
            try deployment.release()
            self.report(
                ["applied": .array(names.map(JSON.string))],
                names.isEmpty ? "nothing to apply" : "applied \(names.joined(separator: ", "))", arguments)
        } catch {
            try deployment.release()
            throw error
        }
        return true
    }

    static func rebuild(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow(["--briefs"])
        let summary = try await Deployment.with(arguments) { deployment, connection in
            _ = try await deployment.erase(on: connection)
            if arguments.has("--briefs") {
                let count = try await Briefs.rewrite(on: connection)
                complain("wrote the briefs of \(count) facts anew")
            }
            return try await Aggregate(authority: deployment.authority).rebuild(on: connection)
        }
        self.report(
            summary.json,
            "\(summary.evidence) facts about \(summary.accounts) accounts assessed, \(summary.developers) profiles written; digest \(summary.digest)",
            arguments)
        return true
    }

    static func check(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow(["--repair"])
        let report = try await Deployment.inspecting(arguments) { deployment, connection in
            let check = Check(authority: deployment.authority, directory: deployment.directory)
            if arguments.has("--repair") {
                let repaired = try await deployment.asOwner { try await Repair(check: check).run(on: $0) }
                for finding in repaired { complain("repaired \(finding.place), which \(finding.problem)") }
            }
            var report = try await check.run(on: connection)
            let erase = Erase(
                authority: deployment.authority, journal: deployment.journal, statuses: deployment.statuses,
                highWater: deployment.highWater, on: connection)
            let (pending, statuses) = (try await erase.pending(), try await erase.pendingStatuses())
            if pending > 0 { report.add(.erasure, "\(pending) erasures", Check.pendingErasure) }
            if statuses > 0 { report.add(.credential, "\(statuses) statuses", Check.pendingStatus) }
            return report
        }
        for problem in report.problems { complain("\(problem)") }
        if report.others > 0 { complain("and \(report.others) more") }
        let count = Int64(report.problems.count) + report.others
        self.report(
            report.json,
            "\(report.entries) entries, \(report.evidence) facts, \(report.bindings) proofs of accounts and "
                + "\(report.credentials) credentials checked: "
                + (count == 0 ? "all as they should be" : "\(count) problems"), arguments)
        return count == 0
    }

    static func createKey(_ arguments: Arguments) async throws -> Bool {
        try arguments.allow(["--scope", "--name"])
        let scopes = ["maintainer", "recruiter", "subject", "ingest", "admin"]
        guard let scope = try arguments.value("--scope"), scopes.contains(scope) else {
            throw UsageError(reason: "--scope takes one of: \(scopes.joined(separator: ", "))")
        }
        let name = try arguments.value("--name") ?? scope
        let key = try await Deployment.with(arguments) { deployment, connection in
            try await APIKeys(authority: deployment.authority).create(scope: scope, name: name, on: connection)
        }
        if arguments.has("--json") {
            print((["id": .string(key.id), "key": .string(key.key), "scope": .string(key.scope)] as JSON).canonical)
        } else {
            complain("made the key \(key.id) (\(key.scope)); it is shown this once:")
            print(key.key)
        }
        return true
    }

    /// The result on standard output as JSON where `--json` asks for it, else in words on standard error.
    static func report(_ json: JSON, _ words: String, _ arguments: Arguments) {
        if arguments.has("--json") { print(json.canonical) } else { complain(words) }
    }
}
