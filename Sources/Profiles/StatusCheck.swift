import CanonicalJSON
import Credentials
import Reputation

/// A place that a credential names for its status: in a Token Status List, or in a Bitstring Status List.
struct StatusReference: Hashable {
    /// What the list says of its places.
    enum Kind: Hashable {
        /// The number of the status.
        case token
        /// Whether it is this.
        case bitstring(CredentialStatus)
    }

    let kind: Kind
    /// The list's address.
    let list: String
    /// The place in it.
    let index: Int64
}

/// The check of a credential's status against the lists at hand.
///
/// Revoked is for good, however old the list is; that it was valid once says little, so the age is told.
struct StatusCheck {
    typealias Outcome = Verification.Outcome

    /// Every place that the credential names.
    let places: [StatusReference]
    let keys: [JWK]
    let trust: Trust
    let now: Instant

    /// What a verified list says of the credential, and since and until when.
    private struct Reading {
        let place: StatusReference
        let status: CredentialStatus
        let issued: Int64
        let end: Int64
    }

    /// What `lists`, tokens of either kind, say of the credential (IETF Token Status List, section 8.3; W3C Bitstring Status
    /// List, section 3.2).
    func outcome(_ lists: [String]) -> Outcome {
        guard !self.places.isEmpty else { return .skipped("the credential names no status list") }
        var readings: [Reading] = []
        for list in lists {
            do throws(UnreadList) { readings += try self.read(list) } catch { return error.outcome }
        }
        guard let oldest = readings.map(\.issued).min() else {
            return .skipped("no status list is at hand; ask \(Self.addresses(self.places))")
        }
        if let reading = readings.first(where: { $0.status != .valid }) {
            return .failed("\(reading.status.word), as the list of \(self.age(reading.issued)) ago says")
        }
        let ended = readings.filter { $0.end <= self.now.seconds }.map(\.place)
        guard ended.isEmpty else {
            return .skipped(
                "not revoked \(self.age(oldest)) ago; that list has ended, so ask \(Self.addresses(ended))")
        }
        let unread = self.unread(after: readings)
        guard unread.isEmpty else {
            return .skipped("not all of it is at hand; ask \(Self.addresses(unread))")
        }
        return .passed("not revoked \(self.age(oldest)) ago")
    }

    /// What is still to be asked: a token list says all there is to say, of the bitstring lists each its part.
    private func unread(after readings: [Reading]) -> [StatusReference] {
        if readings.contains(where: { $0.place.kind == .token }) { return [] }
        let read = readings.map(\.place)
        return self.places.filter { $0.kind != .token && !read.contains($0) }
    }

    private func read(_ list: String) throws(UnreadList) -> [Reading] {
        let payload = try self.payload(of: list)
        let isToken = payload["status_list"] != nil
        let address = isToken ? payload["sub"]?.string : payload["id"]?.string
        let places = self.places.filter { $0.list == address && ($0.kind == .token) == isToken }
        guard !places.isEmpty else { throw .failed("that is another list than the credential names") }
        guard let issued = payload["iat"]?.int, let end = payload["exp"]?.int,
            issued <= self.now.seconds + CredentialCheck.skew
        else { throw .failed("the status list has no time, or one to come") }
        return try places.map { (place) throws(UnreadList) in
            Reading(place: place, status: try Self.status(at: place, in: payload), issued: issued, end: end)
        }
    }

    /// What the list says, once the key it names among those at hand verifies it.
    private func payload(of list: String) throws(UnreadList) -> JSON {
        let token: JWS
        do throws(JWSError) { token = try JWS(parsing: list) } catch { throw .malformed(error) }
        guard let key = self.keys.first(where: { $0.thumbprint == token.keyID }) else {
            throw .failed("the status list is signed by another key than is at hand")
        }
        guard self.trust.issuerKeys.isEmpty || self.trust.issuerKeys.contains(key.thumbprint) else {
            throw .skipped(
                "the list at hand is signed by \(key.thumbprint), none of the keys you pinned; ask "
                    + Self.addresses(self.places))
        }
        let isBitstring = token.header["typ"] == "vc+jwt"
        do throws(JWSError) {
            let payload = try token.payload(verifiedBy: key, type: isBitstring ? "vc+jwt" : "statuslist+jwt")
            guard (payload["status_list"] == nil) == isBitstring else { throw JWSError.malformedPayload }
            return payload
        } catch {
            throw .malformed(error)
        }
    }

    private static func status(at place: StatusReference, in payload: JSON) throws(UnreadList) -> CredentialStatus {
        switch place.kind {
        case .token:
            guard let json = payload["status_list"], let value = StatusTable.value(at: place.index, ofTokenList: json)
            else { throw .failed("the status list cannot be read at \(place.index)") }
            guard let status = CredentialStatus(rawValue: value) else {
                throw .failed("status \(value), which means nothing here")
            }
            return status
        case .bitstring(let status):
            let subject = payload["credentialSubject"]
            guard subject?["type"] == "BitstringStatusList", subject?["statusPurpose"]?.string == status.purpose else {
                throw .failed("that is no list of what is \(status.word)")
            }
            let bit = subject?["encodedList"]?.string.flatMap { StatusTable.bit(at: place.index, ofBitstring: $0) }
            guard let bit else { throw .failed("the status list cannot be read at \(place.index)") }
            return bit ? status : .valid
        }
    }

    private func age(_ issued: Int64) -> String {
        let seconds = max(0, self.now.seconds - issued)
        let units: [(Int64, String)] = [(86_400, "day"), (3_600, "hour"), (60, "minute")]
        let (size, unit) = units.first { seconds >= $0.0 } ?? (1, "second")
        return "\(seconds / size) \(unit)\(seconds / size == 1 ? "" : "s")"
    }

    private static func addresses(_ places: [StatusReference]) -> String {
        let tokens = places.filter { $0.kind == .token }
        return (tokens.isEmpty ? places : tokens).map(\.list).joined(separator: " and ")
    }
}

/// Why a status list says nothing, as the outcome of the step.
private struct UnreadList: Error {
    let outcome: Verification.Outcome

    static func failed(_ reason: String) -> UnreadList { UnreadList(outcome: .failed(reason)) }

    static func skipped(_ reason: String) -> UnreadList { UnreadList(outcome: .skipped(reason)) }

    static func malformed(_ error: JWSError) -> UnreadList { .failed("the status list does not verify: \(error)") }
}
