import Crypto

/// What a log answered that an honest one in good order does not answer.
public enum LogAlarm: Error, Equatable {
    /// What it serves as its checkpoint is none, or is not signed by the key it is followed under.
    case badCheckpoint(CheckpointError)
    /// It signed a smaller tree than one it had signed before.
    case rewound(from: TreeHead, to: TreeHead)
    /// It signed two trees of one size.
    case split(TreeHead, TreeHead)
    /// Nothing it serves shows that the larger tree is the smaller one with entries appended.
    case notContinued(from: TreeHead, to: TreeHead)
    /// The tiles it serves of its right edge do not lead to the root it signed.
    case wrongEdge(TreeHead)
    /// It does not serve this tile of the tree it signed.
    case withheld(Tile)
    /// This tile is not the one its checkpoint stands for.
    case wrongTile(Tile)
    /// This bundle does not hold the entries its checkpoint stands for.
    case wrongEntries(Tile)
}

/// Two trees that one log signed: of an honest log, the larger is the smaller with entries appended.
///
/// What two readers who were shown different checkpoints compare, and one reader at two times.
public struct TreePair: Hashable, Sendable {
    /// The smaller tree.
    public let older: TreeHead
    /// The larger tree.
    public let newer: TreeHead
    private let plan: ProofPlan

    /// The pair, whichever is the larger.
    ///
    /// - Throws: `LogAlarm.split` for two roots at one size: no proof can mend that.
    public init(_ one: TreeHead, _ other: TreeHead) throws(LogAlarm) {
        if one.size == other.size, one.root != other.root { throw .split(one, other) }
        (self.older, self.newer) = one.size <= other.size ? (one, other) : (other, one)
        do throws(ProofError) {
            self.plan = try ProofPlan.consistency(from: self.older.size, to: self.newer.size)
        } catch {
            preconditionFailure("the older tree is the smaller")
        }
    }

    /// The tiles of the larger tree to ask its log for.
    public var tiles: [Tile] { self.plan.tiles }

    /// Checks that the larger tree continues the smaller (RFC 9162, section 2.1.4).
    ///
    /// - Parameter tiles: bytes of each tile `tiles` names.
    /// - Throws: `LogAlarm`: `withheld`, `wrongTile` or `notContinued`.
    public func verify(_ tiles: [Tile: [UInt8]]) throws(LogAlarm) {
        let proof: [Digest]
        do throws(TileError) { proof = try self.plan.hashes(from: tiles) } catch { throw LogAlarm(error, in: self) }
        do throws(ProofError) { try self.newer.verifyConsistency(with: self.older, proof: proof) } catch {
            throw .notContinued(from: self.older, to: self.newer)
        }
    }
}

extension LogAlarm {
    /// What it means that tiles of the larger of two trees are so.
    fileprivate init(_ error: TileError, in pair: TreePair) {
        self =
            switch error {
            case .missing(let tile): .withheld(tile)
            case .short(let tile): .wrongTile(tile)
            case .wrongRoot: .notContinued(from: pair.older, to: pair.newer)
            }
    }
}
