public import Reputation

extension Standings {
    /// Everything that a profile takes from standings: while it and the subject's own facts stay the same, so does the
    /// profile.
    public struct Signature: Hashable, Sendable {
        /// 64 bits for each project in which the subject was confirmed or its work had an end.
        fileprivate var projects: [Mark<Project>: UInt64] = [:]
        /// What is left of confirmations in pairs and rings.
        fileprivate var left: [Mark<Account>: Int64] = [:]

        /// That of somebody of whom nothing is known.
        public init() {}
    }

    /// What a profile of `subject` takes from here.
    public func signature(of subject: Set<Mark<Account>>) -> Signature {
        guard self.model != nil else { return Signature() }
        let surroundings = Surroundings(of: subject, in: self)
        var signature = Signature()
        signature.projects = self.parts(of: subject, surroundings)
        signature.left = surroundings.left
        return signature
    }

    /// The same when it was `before` and then there were `news`: only what these concern is reckoned again.
    ///
    /// A signature is made of what the subject's confirmers and the subject have of standing, of the rates in the projects
    /// where its work had an end, and of what is left of confirmations in pairs and rings (`Surroundings`).
    public func signature(
        of subject: Set<Mark<Account>>, after news: News, from before: Signature
    ) -> Signature {
        guard let model = self.model else { return Signature() }
        let isInNews = !subject.isDisjoint(with: news.people)
        let surroundings =
            isInNews || self.circlesChange(news, subject, model)
            ? Surroundings(of: subject, in: self) : Surroundings(around: subject, in: self, left: before.left)
        var signature = before
        if surroundings.left != before.left {
            signature.left = surroundings.left
            signature.projects = self.parts(of: subject, surroundings)
            return signature
        }
        // Only who is in the news can have been confirmed anywhere new.
        let stirred = isInNews ? news.projects : news.projects.filter { before.projects[$0] != nil }
        guard !stirred.isEmpty else { return before }
        let communities = Set(stirred.compactMap { self.community(of: $0) })
        signature.projects.merge(self.parts(of: subject, surroundings, in: communities)) { $1 }
        return signature
    }

    /// The part of the signature that each project has, of the communities in `some` alone unless that is nil.
    private func parts(
        of subject: Set<Mark<Account>>, _ surroundings: Surroundings, in some: Set<Int32>? = nil
    ) -> [Mark<Project>: UInt64] {
        guard let model = self.model else { return [:] }
        // Added up, so that it does not matter in which order a set gives its members.
        var sums: [Int32: UInt64] = [:]
        for account in subject {
            guard let number = self.people[account.bits] else { continue }
            for place in self.persons[number].places where some?.contains(place.community) ?? true {
                sums[place.community, default: 0] &+= self.part(of: place, surroundings)
            }
            for work in self.persons[number].works {
                let community = self.works[Int(work)].community
                guard some?.contains(community) ?? true else { continue }
                let project = self.communities[Int(community)].project
                let accepted = surroundings.base(.acceptance, of: project, model: model)
                let kept = surroundings.base(.kept, of: project, model: model)
                let stood = surroundings.base(.stood, of: project, model: model)
                sums[community, default: 0] &+= mixed(mixed(UInt64(accepted), UInt64(kept)), UInt64(stood))
            }
        }
        return Dictionary(uniqueKeysWithValues: sums.map { (self.communities[Int($0.key)].project, $0.value) })
    }

    private func part(of place: Place, _ surroundings: Surroundings) -> UInt64 {
        let number = Int(place.community)
        let confirmer = self.communities[number].account(ofMember: Int(place.confirmer))
        let theirs = self.communities[number].standing(ofMember: Int(place.confirmer), stranger: self.stranger)
        let own = self.communities[number].standing(ofMember: Int(place.subject), stranger: self.stranger)
        return mixed(
            mixed(mixed(confirmer.bits, UInt64(theirs)), UInt64(own)), UInt64(surroundings.left(of: confirmer)))
    }

    /// Whether somebody in the news is in a pair or a ring with the subject, or could be: others' dealings are not looked at.
    private func circlesChange(_ news: News, _ subject: Set<Mark<Account>>, _ model: Model) -> Bool {
        let received = subject.reduce(Int64(0)) { sum, account in
            sum + subject.reduce(self.totals(of: account).received) { $0 - self.units(of: account, from: $1) }
        }
        return news.people.contains { other in
            let units = subject.reduce(Int64(0)) { $0 + self.units(of: $1, from: other) }
            guard units > 0 else { return false }
            let back = subject.reduce(Int64(0)) { $0 + self.units(of: other, from: $1) }
            return back > 0 && units + back >= model[.circleUnits] || units * 1_000 >= received * model[.ringEdge]
        }
    }
}
