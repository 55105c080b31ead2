import CanonicalJSON
import Crypto
import Foundation
import HTTP
import Profiles
import Service
import Store
import Synchronization
import TestSupport
import Testing
import Transparency

@Suite struct WitnessTests {
    /// A service's choices under a made-up name, and the key its ledger will have.
    private func ledger() throws -> (choices: RunningService.Choices, key: VerifierKey) {
        var choices = RunningService.Choices()
        choices.publicURL = "http://ledger.example"
        let keys = try StateDirectory(choices.directory.path).keys()
        let key = try #require(
            VerifierKey(name: "ledger.example/evidence", kind: .log, publicKey: keys.ledger.publicKey))
        return (choices, key)
    }

    private func logs(_ keys: [VerifierKey]) throws -> [LedgerPolicy.Log] {
        try LedgerPolicy(parsing: (keys.map { "log \($0.text)\n" }.joined() + "quorum none\n").utf8).logs
    }

    @Test func `one service cosigns another's ledger, and a reader demands it`() async throws {
        let (ledger, key) = try self.ledger()
        var witness = RunningService.Choices()
        witness.witnessed = try self.logs([key])
        try await RunningService.with(witness) { peer in
            let vkey = try await peer.raw("GET", "/witness/vkey")
            #expect(vkey.status == 200)
            let line = "witness peer \(String(decoding: vkey.body.dropLast(), as: UTF8.self)) \(peer.base)/witness\n"
            var choices = ledger
            choices.policy = try LedgerPolicy(parsing: (line + "quorum peer\n").utf8)
            try await RunningService.with(choices) { service in
                _ = try await service.importArchive()
                _ = try await service.publish(MadeUpArchive.maya, as: "maya")
                let head = try await service.background.publication.publish()
                let checkpoint = try await service.raw("GET", "/evidence/checkpoint")
                let note = try SignedNote(parsing: checkpoint.body)
                let published = try await service.raw("GET", "/.well-known/ledger-policy")
                let policy = try LedgerPolicy(parsing: published.body)
                #expect(policy.logs.map(\.key) == [key])
                let witnessed = try policy.verify(note)
                #expect(witnessed.checkpoint.head.size == head.size && head.size > 200)
                #expect(witnessed.witnesses.map(\.time) == [1_767_225_600])

                let hash = SHA256.hash(key.name.utf8).hex
                let kept = try await peer.raw("GET", "/witness/\(hash)/checkpoint")
                #expect(try policy.verify(SignedNote(parsing: kept.body)).checkpoint == witnessed.checkpoint)

                let bundle = try await service.raw("GET", "/p/maya/bundle")
                #expect(bundle.status == 200)
                let now = service.authority.now()
                let verification = Profiles.Bundle.verify(bundle.body, now: now, trust: Trust(policy: policy))
                #expect(verification.isValid, "\(verification)")
                let stranger = try LedgerPolicy.made(of: [LoopbackWitness()], at: [""], "quorum w1").accepting(key)
                let other = Profiles.Bundle.verify(bundle.body, now: now, trust: Trust(policy: stranger))
                #expect(other.firstFailure?.name == .checkpoint)
                let elsewhere = try #require(
                    VerifierKey(
                        name: "ledger.example/evidence", kind: .log, publicKey: Ed25519PrivateKey.generate().publicKey))
                let foreign = Profiles.Bundle.verify(
                    bundle.body, now: now, trust: Trust(policy: policy.accepting(elsewhere)))
                #expect(foreign.firstFailure?.name == .logKey)
            }
        }
    }

    @Test func `without a quorum the old checkpoint stays, and it is said who failed and why`() async throws {
        let isDown = Mutex(false)
        let reports = Mutex<[String]>([])
        let down = { @Sendable in isDown.withLock { $0 } }
        let witness = LoopbackWitness { _, _ in down() ? .text("gone\n", status: 503) : nil }
        try await LoopbackWitness.with([witness]) { urls in
            var choices = RunningService.Choices()
            choices.policy = try LedgerPolicy.made(of: [witness], at: urls, "quorum w1")
            choices.report = { _, error in reports.withLock { $0.append("\(error)") } }
            try await RunningService.with(choices) { service in
                let publication = service.background.publication
                let key = try await service.key(scope: "ingest")
                let first = try await service.call(
                    "POST", "/v1/evidence?wait=published", IngestTests.fact(1), token: key)
                #expect(first.status == 201)
                let before = try await service.raw("GET", "/evidence/checkpoint").body
                #expect(try SignedNote(parsing: before).signatures.count == 2)

                isDown.withLock { $0 = true }
                _ = try await service.call("POST", "/v1/evidence", IngestTests.fact(2), token: key)
                let error = await #expect(throws: PublicationError.self) { try await publication.publish() }
                guard case .unwitnessed(2, let answers)? = error else {
                    Testing.Issue.record("\(String(describing: error))")
                    return
                }
                #expect(answers.map(\.outcome) == [.unreachable("status 503")])
                let during = try await service.raw("GET", "/evidence/checkpoint").body
                #expect(during == before)
                let metrics = String(decoding: try await service.raw("GET", "/metrics").body, as: UTF8.self)
                #expect(metrics.contains("\nstanding_ledger_size 2\n") && metrics.contains("_published_size 1\n"))
                #expect(metrics.contains("standing_witness_answers_total{witness=\"w1\",outcome=\"unreachable\"} "))
                #expect(!metrics.contains("standing_publication_without_quorum_total 0\n"))
                // A bundle's facts would lie beyond the checkpoint, and the head that is asked for by size as well.
                let beyond = try await service.call("GET", "/v1/ledger/entries/1")
                #expect(beyond.status == 404)

                isDown.withLock { $0 = false }
                let shown = try await publication.publish()
                #expect(shown.size == 2)
                let after = try SignedNote(parsing: try await service.raw("GET", "/evidence/checkpoint").body)
                #expect(try Checkpoint(parsing: after.text).head.size == 2)
                #expect(after.signatures.count == 2)
            }
        }
        // The background may have met the outage in a turn of its own; then it said so, and who.
        #expect(reports.withLock { $0 }.allSatisfy { $0.contains("w1 gave no answer: status 503") })
    }

    @Test func `a witness that contradicts us is reported even when the others are a quorum`() async throws {
        let liar = LoopbackWitness("w2", cosigned: TreeHead(size: 1_000, root: SHA256.hash([1])))
        let witnesses = [LoopbackWitness("w1"), liar]
        try await LoopbackWitness.with(witnesses) { urls in
            var choices = RunningService.Choices()
            choices.policy = try LedgerPolicy.made(of: witnesses, at: urls, "group g any w1\nquorum g")
            choices.report = { _, _ in }
            try await RunningService.with(choices) { service in
                let key = try await service.key(scope: "ingest")
                let answer = try await service.call(
                    "POST", "/v1/evidence?wait=published", IngestTests.fact(1), token: key)
                #expect(answer.status == 201)
                let tally = service.background.publication.witnessTally
                #expect(tally.answers.keys.contains { $0.witness == "w1" && $0.label == "cosigned" })
                #expect(
                    tally.answers.keys.allSatisfy { $0.witness == "w1" || ["ahead", "not_awaited"].contains($0.label) })
                #expect(tally.failures == 0)
            }
        }
    }

    @Test func `the witness answers with the protocol's statuses`() async throws {
        let (_, key) = try self.ledger()
        let log = try #require(NoteSigner(name: "log.example/evidence", kind: .log, key: .generate()))
        var choices = RunningService.Choices()
        choices.witnessed = try self.logs([key, log.verifier])
        try await RunningService.with(choices) { service in
            let leaves = (0..<3).map { MerkleTree.leafHash([UInt8($0)]) }
            func add(_ size: Int, old: Int64, proof: [Digest], by signer: NoteSigner = log) async throws
                -> ClientResponse
            {
                let head = TreeHead(size: Int64(size), root: MerkleTree.root(of: leaves.prefix(size)))
                let note = Checkpoint(origin: signer.verifier.name, head: head).signed(by: signer)
                let request = AddCheckpoint(oldSize: old, proof: proof, note: note)
                return try await service.client.send(
                    "POST", service.base + "/witness/add-checkpoint", body: Array(request.encoded.utf8))
            }
            let proof = [leaves[2]]  // The tree of two leaves is the left half of that of three.
            #expect(try await add(2, old: 0, proof: []).status == 200)
            let good = try await add(3, old: 2, proof: proof)
            #expect(good.status == 200)
            let vkey = try await service.raw("GET", "/witness/vkey").body
            let witness = try #require(VerifierKey(parsing: String(decoding: vkey.dropLast(), as: UTF8.self)))
            #expect(witness.name.hasSuffix("/witness") && witness.kind == .witness)
            let head = TreeHead(size: 3, root: MerkleTree.root(of: leaves))
            var note = try SignedNote(text: Checkpoint(origin: log.verifier.name, head: head).text)
            try note.addLines(good.body)
            #expect(try note.verified(by: [witness]).map(\.time) == [1_767_225_600])

            let stale = try await add(3, old: 2, proof: proof)
            #expect(stale.status == 409 && stale.headers["Content-Type"] == "text/x.tlog.size")
            #expect(stale.body == Array("3\n".utf8))
            #expect(try await add(3, old: 3, proof: []).status == 200)
            #expect(try await add(2, old: 2, proof: []).status == 409)
            #expect(try await add(2, old: 3, proof: []).status == 400)
            #expect(try await add(3, old: 3, proof: proof).status == 422)
            let impostor = try #require(NoteSigner(name: "log.example/evidence", kind: .log, key: .generate()))
            #expect(try await add(3, old: 3, proof: [], by: impostor).status == 403)
            let unknown = try #require(NoteSigner(name: "unknown.example", kind: .log, key: .generate()))
            #expect(try await add(3, old: 0, proof: [], by: unknown).status == 404)
            for (body, status) in [("", 400), ("old 0\n\nno note", 400), (String(repeating: "a", count: 80_000), 413)] {
                let answer = try await service.client.send(
                    "POST", service.base + "/witness/add-checkpoint", body: Array(body.utf8))
                #expect(answer.status == status)
            }
            let never = try await service.raw("GET", "/witness/\(SHA256.hash(key.name.utf8).hex)/checkpoint")
            #expect(never.status == 404)
        }
    }
}
