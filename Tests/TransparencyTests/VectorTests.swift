import Crypto
import Foundation
import Testing
import Transparency

/// A line of `Vectors/merkle-proofs.txt`.
struct ProofVector: Sendable, CustomStringConvertible {
    let kind: String
    let name: String
    /// The index and the size, or the two sizes.
    let numbers: (Int64, Int64)
    /// The root and the leaf, or the two roots; nil where the vector has something that is no hash.
    let hashes: (Digest?, Digest?)
    let proof: [Digest?]
    let isGood: Bool

    var description: String { "\(self.kind) \(self.name)" }

    /// Whether the verifier takes it. What is no hash cannot even be handed to it.
    var verifies: Bool {
        guard let first = self.hashes.0, let second = self.hashes.1, self.numbers.0 >= 0, self.numbers.1 >= 0,
            !self.proof.contains(nil)
        else { return false }
        let proof = self.proof.compactMap(\.self)
        do {
            if self.kind == "inclusion" {
                try TreeHead(size: self.numbers.1, root: first)
                    .verifyInclusion(of: second, at: self.numbers.0, proof: proof)
            } else {
                try TreeHead(size: self.numbers.1, root: second)
                    .verifyConsistency(with: TreeHead(size: self.numbers.0, root: first), proof: proof)
            }
            return true
        } catch {
            return false
        }
    }
}

/// Every vector of the file.
func proofVectors() throws -> [ProofVector] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/merkle-proofs.txt")
    var hashes: [Substring: Digest] = [:]
    var vectors: [ProofVector] = []
    func digest(_ name: Substring) -> Digest? {
        let parts = name.split(separator: "^")
        guard let first = parts.first, let hash = hashes[first] else { return nil }
        guard let bit = parts.dropFirst().first.flatMap({ UInt8($0) }) else { return hash }
        return Digest([hash.bytes[0] ^ 1 << bit] + hash.bytes.dropFirst())
    }
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
        let fields = line.split(separator: " ")
        if fields[0] == "hash" {
            let bytes = try #require(Hex.decode(fields[2]))
            let hash: Digest = try #require(Digest(bytes))
            hashes[fields[1]] = hash
            continue
        }
        vectors.append(
            ProofVector(
                kind: String(fields[0]), name: String(fields[1]),
                numbers: (try #require(Int64(fields[2])), try #require(Int64(fields[3]))),
                hashes: (digest(fields[4]), digest(fields[5])),
                proof: fields[6] == "-" ? [] : fields[6].split(separator: ",").map(digest),
                isGood: fields[7] == "good"))
    }
    return vectors
}

@Test func `other people's good proofs verify, and none of their bad ones`() throws {
    let vectors = try proofVectors()
    #expect(vectors.count == 166)
    #expect(vectors.count(where: \.isGood) == 10)
    for vector in vectors { #expect(vector.verifies == vector.isGood, "\(vector)") }
}
