import Crypto
import HTTP
import Service
import TestSupport
import Testing
import Transparency

@Suite struct WitnessesTests {
    /// Asks one witness, alone the quorum, and says what came of it.
    private func ask(
        _ witness: LoopbackWitness, on bench: LedgerBench, timeout: Duration = .seconds(5)
    ) async throws -> Cosigning {
        try await LoopbackWitness.with([witness]) { urls in
            let policy = try LedgerPolicy.made(of: [witness], at: urls, "quorum w1")
            return try await bench.cosign(Witnesses(policy: policy, timeout: timeout))
        }
    }

    @Test func `a good witness cosigns, and is asked from the size it has cosigned`() async throws {
        try await LedgerBench.with(size: 300) { bench in
            let witness = LoopbackWitness()
            try await LoopbackWitness.with([witness]) { urls in
                let policy = try LedgerPolicy.made(of: [witness], at: urls, "quorum w1")
                let witnesses = Witnesses(policy: policy, timeout: .seconds(5))
                for _ in 0..<3 {
                    let cosigning = try await bench.cosign(witnesses)
                    #expect(cosigning.isQuorum)
                    #expect(cosigning.answers.map(\.outcome) == [.cosigned(time: 1_767_225_600)])
                    let witnessed = try policy.accepting(bench.key).verify(cosigning.note)
                    #expect(witnessed.checkpoint.head == (try await bench.checkpoint().head))
                    try await bench.append(1)
                }
                // Asked again for what it has cosigned, it cosigns it again.
                let cosigning = try await bench.cosign(witnesses)
                let again = try await bench.cosign(witnesses)
                #expect(cosigning.isQuorum && again.isQuorum)
                #expect(witness.requests.map(\.oldSize) == [0, 300, 301, 302, 303])
            }
        }
    }

    @Test func `a witness that is behind says from where, and is given the proof`() async throws {
        try await LedgerBench.with(size: 300) { bench in
            let witness = LoopbackWitness(cosigned: try await bench.head(130))
            let cosigning = try await self.ask(witness, on: bench)
            #expect(cosigning.isQuorum)
            #expect(witness.requests.map(\.oldSize) == [0, 130])
            #expect(witness.requests.last?.proof.isEmpty == false)
        }
    }

    @Test func `a witness ahead of everything there is, is a finding and not argued with`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let witness = LoopbackWitness(cosigned: TreeHead(size: 1_000, root: SHA256.hash([1])))
            let cosigning = try await self.ask(witness, on: bench)
            #expect(cosigning.answers.map(\.outcome) == [.ahead(size: 1_000)])
            #expect(cosigning.answers[0].outcome.isFinding && !cosigning.isQuorum)
            #expect(cosigning.note == (try await bench.checkpoint().note))
            #expect(witness.requests.count == 1)
        }
    }

    @Test func `a witness that has a newer checkpoint of ours is not a finding`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let (note, head) = try await bench.checkpoint()
            try await bench.append(4)
            let witness = LoopbackWitness(cosigned: try await bench.head(7))
            let cosigning = try await LoopbackWitness.with([witness]) { urls in
                let policy = try LedgerPolicy.made(of: [witness], at: urls, "quorum w1")
                return try await Witnesses(policy: policy, timeout: .seconds(5)).cosign(
                    note, of: head, on: bench.connection)
            }
            #expect(cosigning.answers.map(\.outcome) == [.overtaken(size: 7)])
            #expect(!cosigning.answers[0].outcome.isFinding && !cosigning.isQuorum)
        }
    }

    @Test(arguments: [409, 422])
    func `another root at our size is a finding, by either status that says so`(status: Int) async throws {
        try await LedgerBench.with(size: 3) { bench in
            let witness = LoopbackWitness(cosigned: TreeHead(size: 3, root: SHA256.hash([1]))) { _, request in
                request.oldSize == 3 ? .text("another root\n", status: status) : nil
            }
            let cosigning = try await self.ask(witness, on: bench)
            #expect(cosigning.answers.map(\.outcome) == [.otherRoot(size: 3)])
            #expect(cosigning.answers[0].outcome.isFinding && !cosigning.isQuorum)
        }
    }

    @Test func `a witness of another history refuses the proof, which is a finding`() async throws {
        try await LedgerBench.with(size: 300) { bench in
            let witness = LoopbackWitness(cosigned: TreeHead(size: 130, root: SHA256.hash([1])))
            let cosigning = try await self.ask(witness, on: bench)
            #expect(cosigning.answers.map(\.outcome) == [.inconsistent(from: 130)])
            #expect(cosigning.answers[0].outcome.isFinding && !cosigning.isQuorum)
            #expect(cosigning.note == (try await bench.checkpoint().note))
        }
    }

    @Test func `a witness that is down does not answer`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let witness = LoopbackWitness()
            let urls = try await LoopbackWitness.with([witness]) { $0 }
            let policy = try LedgerPolicy.made(of: [witness], at: urls, "quorum w1")
            let cosigning = try await bench.cosign(Witnesses(policy: policy, timeout: .seconds(5)))
            guard case .unreachable = cosigning.answers[0].outcome else {
                Issue.record("\(cosigning.answers[0].outcome)")
                return
            }
            #expect(!cosigning.isQuorum)
            #expect(cosigning.note == (try await bench.checkpoint().note))
        }
    }

    @Test func `a slow witness is given up in time`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let gate = Gate()
            let witness = LoopbackWitness { _, _ in
                await gate.pass()
                return nil
            }
            let cosigning = try await LoopbackWitness.with([witness]) { urls in
                defer { gate.open() }
                let policy = try LedgerPolicy.made(of: [witness], at: urls, "quorum w1")
                return try await bench.cosign(Witnesses(policy: policy, timeout: .milliseconds(100)))
            }
            #expect(cosigning.answers.map(\.outcome) == [.timedOut])
            #expect(!cosigning.isQuorum)
            #expect(cosigning.note == (try await bench.checkpoint().note))
        }
    }

    /// Each a lie, and what is said of it.
    static let lies: [(String, LoopbackWitness.Behaviour)] = [
        ("its cosignature", { witness, _ in .text(witness.signer.cosignature(of: "something else\n", at: 5).line) }),
        (
            "its cosignature",
            { _, request in .text(LoopbackWitness("w1").signer.cosignature(of: request.note.text, at: 5).line) }
        ),
        ("its cosignature", { _, _ in .text("garbage") }), ("its cosignature", { _, _ in .text("") }),
        ("its cosignature", { _, request in .text(request.note.signatures[0].line) }),
        (
            "its cosignature",
            { witness, request in
                .text(witness.signer.cosignature(of: request.note.text, at: 5).line.replacing("\n", with: ""))
            }
        ),
        (
            "its cosignature",
            { witness, request in
                let good = witness.signer.cosignature(of: request.note.text, at: 5).line
                return .text(good + witness.signer.cosignature(of: "something else\n", at: 6).line)
            }
        ),
        ("over 65536 bytes", { _, _ in .text(String(repeating: "a", count: 70_000)) }),
        ("409 without a size", { _, _ in .text("3\n", status: 409) }),
        ("409 without a size", { _, _ in size("003\n") }), ("409 without a size", { _, _ in size("3") }),
        ("409 without a size", { _, _ in size("9223372036854775808\n") }),
        ("409 with the size it was asked", { _, request in size("\(request.oldSize)\n") }),
        ("another size each time", { _, request in size("\((request.oldSize + 1) % 3)\n") }),
        ("status 302", { _, _ in Response(status: 302, headers: [("Location", "http://127.0.0.2:9/")]) }),
    ]

    private static func size(_ body: String) -> Response {
        Response(status: 409, headers: [("Content-Type", AddCheckpoint.sizeType)], body: Array(body.utf8))
    }

    @Test(arguments: 0..<lies.count)
    func `a lying witness changes nothing and is told from one that does not answer`(lie: Int) async throws {
        let (reason, behaviour) = Self.lies[lie]
        try await LedgerBench.with(size: 5) { bench in
            let cosigning = try await self.ask(LoopbackWitness(behaviour: behaviour), on: bench)
            guard case .invalid(let said) = cosigning.answers[0].outcome else {
                Issue.record("\(cosigning.answers[0].outcome)")
                return
            }
            #expect(said.hasPrefix(reason))
            #expect(!cosigning.isQuorum)
            #expect(cosigning.note == (try await bench.checkpoint().note))
        }
    }

    @Test func `an answer without end is not read to its end`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let server = try EndlessServer()
            let policy = try LedgerPolicy.made(
                of: [LoopbackWitness()], at: ["http://127.0.0.1:\(server.port)"], "quorum w1")
            let cosigning = try await bench.cosign(Witnesses(policy: policy, timeout: .seconds(5)))
            #expect(cosigning.answers.map(\.outcome) == [.invalid("over 65536 bytes")])
            #expect(cosigning.note == (try await bench.checkpoint().note))
        }
    }

    @Test(arguments: [400, 403, 404, 413, 422, 429])
    func `a refusal is reported with its status`(status: Int) async throws {
        try await LedgerBench.with(size: 3) { bench in
            let cosigning = try await self.ask(LoopbackWitness { _, _ in .text("no\n", status: status) }, on: bench)
            #expect(cosigning.answers.map(\.outcome) == [.refused(status: status)])
        }
    }

    @Test func `a witness's own failure is that it gave no answer`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let cosigning = try await self.ask(LoopbackWitness { _, _ in .text("no\n", status: 503) }, on: bench)
            #expect(cosigning.answers.map(\.outcome) == [.unreachable("status 503")])
        }
    }

    @Test func `two of three are a quorum whatever the third does`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let liar = LoopbackWitness("w3") { witness, _ in
                .text(witness.signer.cosignature(of: "something else\n", at: 5).line)
            }
            let witnesses = [LoopbackWitness("w1"), LoopbackWitness("w2"), liar]
            let (cosigning, policy) = try await LoopbackWitness.with(witnesses) { urls in
                let policy = try LedgerPolicy.made(of: witnesses, at: urls, "group g 2 w1 w2 w3\nquorum g")
                return (try await bench.cosign(Witnesses(policy: policy, timeout: .seconds(5))), policy)
            }
            #expect(cosigning.isQuorum)
            #expect(cosigning.note.signatures.count == 3)
            #expect(try policy.accepting(bench.key).verify(cosigning.note).witnesses.count == 2)
        }
    }

    @Test func `once the quorum is there nobody is waited for`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let gate = Gate()
            let slow = LoopbackWitness("w2") { _, _ in
                await gate.pass()
                return nil
            }
            let witnesses = [LoopbackWitness("w1"), slow]
            let cosigning = try await LoopbackWitness.with(witnesses) { urls in
                defer { gate.open() }
                let policy = try LedgerPolicy.made(of: witnesses, at: urls, "group g any w1 w2\nquorum g")
                return try await bench.cosign(Witnesses(policy: policy, timeout: .seconds(600)))
            }
            #expect(cosigning.isQuorum)
            #expect(cosigning.answers.map(\.outcome) == [.cosigned(time: 1_767_225_600), .notAwaited])
        }
    }

    @Test func `a witness without an address is not asked, and no witnesses are a quorum of nobody`() async throws {
        try await LedgerBench.with(size: 3) { bench in
            let witness = LoopbackWitness()
            let policy = try LedgerPolicy.made(of: [witness], at: [""], "quorum w1")
            let cosigning = try await bench.cosign(Witnesses(policy: policy))
            #expect(cosigning.answers.map(\.outcome) == [.noAddress] && !cosigning.isQuorum)
            let nobody = try await bench.cosign(Witnesses(policy: .unwitnessed))
            #expect(nobody.isQuorum && nobody.answers.isEmpty)
            #expect(nobody.note == (try await bench.checkpoint().note))
        }
    }
}
