public import CanonicalJSON
import Crypto
import Glibc

/// A model of who goes on in a repository, from what they did there: two views of one history, as on a profile.
///
/// The recent view asks who is at it now, and foretells who will review; the long view asks with how many others
/// somebody worked over the whole life, and foretells who is named a maintainer. A change of any number is a new
/// version beside this one, never an edit.
public struct TrackModel: Sendable {
    /// The model's name.
    public let id: String
    /// Its version.
    public let version: Int64
    /// Days after which an act weighs half.
    let halfLife: Int64
    /// Weights of the recent view.
    let recent: (activity: Int64, reviews: Int64, presence: Int64)
    /// Weights of the long view.
    let long: (counterparties: Int64, reviews: Int64, commits: Int64)

    /// Version 1. Its few whole numbers were chosen by hand while looking at three public histories.
    public static let track1 = TrackModel(
        id: "track", version: 1, halfLife: 180, recent: (activity: 1, reviews: 1, presence: 2),
        long: (counterparties: 1, reviews: 1, commits: 1))

    /// Every number of the model. Its canonical text's SHA-256 is the digest.
    public var document: JSON {
        [
            "id": .string(self.id), "version": .int(self.version), "half_life_days": .int(self.halfLife),
            "recent": [
                "ln_fading_acts": .int(self.recent.activity), "ln_fading_reviews": .int(self.recent.reviews),
                "halvings_since_last_act": .int(self.recent.presence),
            ],
            "long": [
                "ln_counterparties": .int(self.long.counterparties), "ln_reviews": .int(self.long.reviews),
                "ln_fading_commits": .int(self.long.commits),
            ],
        ]
    }

    /// Lower-case hex SHA-256 of the canonical text of `document`, by which results name the model.
    public var digest: String { SHA256.hash(self.document.canonical.utf8).hex }

    /// How much somebody is at it now.
    func recentScore(_ track: Track) -> Double {
        let halfLife = Double(self.halfLife)
        let acts = track.fading(.commit, .review, .endorsement, .report, halfLife: halfLife)
        let reviews = track.fading(.review, .endorsement, halfLife: halfLife)
        return Double(self.recent.activity) * log(1 + acts) + Double(self.recent.reviews) * log(1 + reviews)
            + Double(self.recent.presence) * exp2(-track.idle / halfLife)
    }

    /// How much somebody did with others over the whole life.
    func longScore(_ track: Track) -> Double {
        let commits = track.fading(.commit, halfLife: Double(self.halfLife))
        return Double(self.long.counterparties) * log(1 + Double(track.counterparties))
            + Double(self.long.reviews) * log(1 + Double(track.count(.review, .endorsement)))
            + Double(self.long.commits) * log(1 + commits)
    }
}
