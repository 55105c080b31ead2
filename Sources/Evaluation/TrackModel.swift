public import CanonicalJSON
import Crypto
import Glibc

/// A model of who goes on in a repository, from what they did there: two views of one history, as on a profile.
///
/// Both begin with how much somebody is at it, older acts fading. The recent view adds the reviews of the last year, and
/// foretells who will review; the long view adds how many others' work somebody reviewed over the whole life, and
/// foretells who is named a maintainer. A change of any number is a new version beside this one, never an edit.
public struct TrackModel: Sendable {
    /// The model's name.
    public let id: String
    /// Its version.
    public let version: Int64
    /// Days after which an act weighs half.
    let halfLife: Int64
    /// What ln(1 + reviews of the last year) counts in the recent view, where ln(1 + fading acts) counts 1.
    let reviews: Int64
    /// What ln(1 + people reviewed for) counts in the long view, where ln(1 + fading acts) counts 1.
    let reviewedPeople: Int64

    /// Version 1. Its few whole numbers were chosen by hand while looking at three public histories.
    public static let track1 = TrackModel(id: "track", version: 1, halfLife: 180, reviews: 3, reviewedPeople: 2)

    /// Every number of the model. Its canonical text's SHA-256 is the digest.
    public var document: JSON {
        [
            "id": .string(self.id), "version": .int(self.version), "half_life_days": .int(self.halfLife),
            "recent": ["ln_fading_acts": 1, "ln_reviews_of_the_last_year": .int(self.reviews)],
            "long": ["ln_fading_acts": 1, "ln_people_reviewed_for": .int(self.reviewedPeople)],
        ]
    }

    /// Lower-case hex SHA-256 of the canonical text of `document`, by which results name the model.
    public var digest: String { SHA256.hash(self.document.canonical.utf8).hex }

    /// How much somebody is at it now, and reviews.
    func recentScore(_ track: Track) -> Double {
        self.presence(track) + Double(self.reviews) * log(1 + Double(track.reviewsOfLastYear))
    }

    /// How much somebody is at it, and for how many others they reviewed over the whole life.
    func longScore(_ track: Track) -> Double {
        self.presence(track) + Double(self.reviewedPeople) * log(1 + Double(track.reviewedPeople))
    }

    private func presence(_ track: Track) -> Double { log(1 + track.fadingActs(halfLife: Double(self.halfLife))) }
}
